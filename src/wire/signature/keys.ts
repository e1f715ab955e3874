import { createHmac, timingSafeEqual } from "node:crypto";

/** Enough for every key, day, region and service in use at once; the oldest goes when it is full. */
const CACHED_KEYS = 512;
const cache = new Map<string, Buffer>();

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

export const hmacHex = (key: Buffer, text: string): string => createHmac("sha256", key).update(text).digest("hex");

/** The key that signs one day's requests to one service in one region. Kept, since it costs four hashes to make. */
export function signingKey(secret: string, scope: { date: string; region: string; service: string }): Buffer {
  const name = `${scope.date}/${scope.region}/${scope.service}/${secret}`;
  const known = cache.get(name);
  if (known) return known;
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, scope.date), scope.region), scope.service), "aws4_request");
  const oldest = cache.size >= CACHED_KEYS ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(name, key);
  return key;
}

/** Compares without telling by its duration where two texts differ. */
export function sameSecret(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
