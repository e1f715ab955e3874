import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Instant } from "../base/instant.ts";
import type { WireResponse } from "./message.ts";

/**
 * Writes a response. Bodies in memory go out in one piece with their length; streams with the length they declare. `Date`
 * is the cloud's own time: clients set their clocks by it.
 */
export async function respond(response: ServerResponse, { status, headers, body }: WireResponse, now: Instant): Promise<void> {
  const list = ["date", httpDate(now)];
  for (const name in headers) list.push(name, headers[name] ?? "");
  response.sendDate = false;
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
    // A HEAD answer declares the length of what it does not send.
    if (headers["content-length"] === undefined && status !== 204 && status !== 304) list.push("content-length", String(body === undefined ? 0 : Buffer.byteLength(body)));
    response.writeHead(status, list);
    response.end(body);
    return;
  }
  response.writeHead(status, list);
  // Headers of a stream that has nothing to say yet (a log tail) must not wait for its first byte.
  response.flushHeaders();
  await pipeline(body instanceof Readable ? body : Readable.from(body), response);
}

let second = -1;
let text = "";

/** https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats, written once a second. */
export function httpDate(now: Instant): string {
  const present = Math.floor(now / 1000);
  if (present !== second) {
    second = present;
    text = new Date(present * 1000).toUTCString();
  }
  return text;
}
