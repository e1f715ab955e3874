import { lookup as resolve } from "node:dns";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { Clock } from "../../shared/clock.ts";
import { request as requestHttp } from "../../shared/http.ts";

/** A picture that may not or could not be fetched; the text is for the caller. */
export class FetchRefused extends Error {
  override readonly name = "FetchRefused";
}

export interface FetchOptions {
  readonly clock: Clock;
  /** Loopback, link-local and private networks, for tests and closed installations. */
  readonly allowPrivate: boolean;
}

const MAX_REDIRECTS = 3;
const MAX_BYTES = 6 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** Addresses that are not the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sibling. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8], ["10.0.0.0", 8], ["100.64.0.0", 10], ["127.0.0.0", 8], ["169.254.0.0", 16], ["172.16.0.0", 12], ["192.0.0.0", 24],
  ["192.0.2.0", 24], ["192.168.0.0", 16], ["198.18.0.0", 15], ["198.51.100.0", 24], ["203.0.113.0", 24], ["224.0.0.0", 4], ["240.0.0.0", 4],
] as const) PRIVATE.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [["::", 127], ["64:ff9b::", 96], ["64:ff9b:1::", 48], ["100::", 64], ["2001::", 23], ["2001:db8::", 32], ["2002::", 16], ["fc00::", 7], ["fe80::", 10], ["ff00::", 8]] as const) {
  PRIVATE.addSubnet(network, prefix, "ipv6");
}

/** Whether an address is outside the public internet; IPv4 written as IPv6 counts as what it is. */
export function isPrivate(address: string): boolean {
  const family = isIP(address);
  return family === 0 || PRIVATE.check(address, family === 4 ? "ipv4" : "ipv6");
}

const refusedAddress = (host: string): FetchRefused => new FetchRefused(`${host} is not on the public internet; pictures are fetched from public addresses only.`);

/** Resolves names for the connection itself, so that what was checked is what is connected to. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "", 4);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivate(address))) return callback(refusedAddress(hostname), "", 4);
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new FetchRefused("The url is not a valid URL.");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw new FetchRefused(`Pictures are fetched over http and https only, not ${url.protocol.slice(0, -1)}.`);
  if (url.username !== "" || url.password !== "") throw new FetchRefused("The url must not carry a user name or password.");
  return url;
}

type Answer = { readonly redirect: string } | { readonly bytes: Uint8Array };

function fetchOnce(url: URL, signal: AbortSignal, allowPrivate: boolean): Promise<Answer> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // A literal address is not looked up, so it has to be checked here.
  if (!allowPrivate && isIP(host) !== 0 && isPrivate(host)) throw refusedAddress(host);
  return new Promise((done, failed) => {
    const request = url.protocol === "https:" ? requestHttps : requestHttp;
    const call = request(url, { signal, agent: false, headers: { accept: "image/jpeg, image/png" }, ...(allowPrivate ? {} : { lookup: guardedLookup }) }, (response) => {
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.destroy();
        return done({ redirect: headers.location });
      }
      if (statusCode !== 200) {
        response.destroy();
        return failed(new FetchRefused(`${url.host} answered with status ${statusCode}.`));
      }
      const chunks: Uint8Array[] = [];
      let size = 0;
      response.on("data", (chunk: Uint8Array) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > MAX_BYTES) response.destroy(new FetchRefused(`The picture is larger than ${MAX_BYTES / 1024 / 1024} MiB.`));
      });
      response.on("end", () => done({ bytes: Buffer.concat(chunks) }));
      response.on("error", failed);
    });
    call.on("error", failed);
    call.end();
  });
}

/** Fetches a picture from the public internet within limits of size, time and redirects. Throws FetchRefused with the reason. */
export async function fetchPicture(text: string, { clock, allowPrivate }: FetchOptions): Promise<Uint8Array> {
  const controller = new AbortController();
  const timer = clock.after(TIMEOUT_MS, () => controller.abort(new FetchRefused(`The picture did not arrive within ${TIMEOUT_MS / 1000} s.`)));
  try {
    let url = parseUrl(text);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const answer = await fetchOnce(url, controller.signal, allowPrivate);
      if ("bytes" in answer) return answer.bytes;
      url = parseUrl(new URL(answer.redirect, url).href);
    }
    throw new FetchRefused(`More than ${MAX_REDIRECTS} redirects.`);
  } catch (error) {
    if (error instanceof FetchRefused) throw error;
    if (controller.signal.aborted && controller.signal.reason instanceof FetchRefused) throw controller.signal.reason;
    throw new FetchRefused(`The picture could not be fetched: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    timer.cancel();
  }
}
