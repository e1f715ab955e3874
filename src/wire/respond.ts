import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { WireResponse } from "./message.ts";

/** Writes a response. Bodies in memory go out in one piece with their length; streams with the length they declare. */
export async function respond(response: ServerResponse, { status, headers, body }: WireResponse): Promise<void> {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) {
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    // A HEAD answer declares the length of what it does not send.
    const declared = headers["content-length"] === undefined && status !== 204 && status !== 304 ? { "content-length": String(length) } : {};
    response.writeHead(status, { ...headers, ...declared });
    response.end(body);
    return;
  }
  response.writeHead(status, headers);
  // Headers of a stream that has nothing to say yet (a log tail) must not wait for its first byte.
  response.flushHeaders();
  await pipeline(body instanceof Readable ? body : Readable.from(body), response);
}
