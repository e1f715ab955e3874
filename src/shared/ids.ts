import type { Random } from "./random.ts";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A version 4 UUID, the form of most AWS request ids. */
export function uuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = hex(bytes);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

/** Upper-case letters and digits as in IAM's unique ids and access keys: `uniqueId(random, "AROA", 21)`. */
export function uniqueId(random: Random, prefix: string, length: number): string {
  const body = [...random.bytes(length - prefix.length)].map((byte) => BASE32[byte % 32]).join("");
  return prefix + body;
}

/** Lower-case hexadecimal digits. */
export const hexId = (random: Random, digits: number): string =>
  hex(random.bytes(Math.ceil(digits / 2))).slice(0, digits);

/** A secret of 40 characters, the form of AWS secret access keys. */
export const secretKey = (random: Random): string => Buffer.from(random.bytes(30)).toString("base64");
