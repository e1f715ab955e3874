import { errors } from "./errors.ts";
import { MAX_KEY_BYTES, MAX_METADATA_BYTES, MAX_OBJECT_TAGS, MAX_TAG_KEY, MAX_TAG_VALUE } from "./limits.ts";

const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
const RESERVED_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const isBucketName = (name: string): boolean =>
  NAME.test(name) && !name.includes("..") && !ADDRESS.test(name) &&
  !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) && !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));

/** Throws KeyTooLongError. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export function checkKey(key: string): void {
  const size = key.length * 3 <= MAX_KEY_BYTES ? 0 : Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) throw errors.keyTooLong(size, MAX_KEY_BYTES);
}

/** User metadata with its names in lower case, as S3 keeps them. Throws MetadataTooLarge. */
export function userMetadata(given: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  if (!given) return {};
  const entries = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const);
  const size = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (size > MAX_METADATA_BYTES) throw errors.metadataTooLarge(size, MAX_METADATA_BYTES);
  return Object.fromEntries(entries);
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tag.html
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

interface TagMember {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** A tag set checked as S3 checks it. Throws InvalidTag or BadRequest. */
export function tagSet(given: readonly TagMember[], kind: "Object" | "Bucket" = "Object", limit = MAX_OBJECT_TAGS): Readonly<Record<string, string>> {
  if (given.length > limit) throw errors.tooManyTags(kind, limit);
  const tags = new Map<string, string>();
  for (const { Key: key = "", Value: value = "" } of given) {
    if (key === "" || key.length > MAX_TAG_KEY || !TAG_CHARACTERS.test(key)) throw errors.invalidTag("The TagKey you have provided is invalid");
    if (value.length > MAX_TAG_VALUE || !TAG_CHARACTERS.test(value)) throw errors.invalidTag("The TagValue you have provided is invalid");
    if (key.startsWith("aws:")) throw errors.invalidTag("System tags cannot be added/updated by requester");
    if (tags.has(key)) throw errors.invalidTag("Cannot provide multiple Tags with the same key");
    tags.set(key, value);
  }
  return Object.fromEntries(tags);
}

/** The `x-amz-tagging` header: tags in the form of a query string. */
export function taggingHeader(text: string | undefined): Readonly<Record<string, string>> {
  if (text === undefined || text === "") return {};
  return tagSet([...new URLSearchParams(text)].map(([Key, Value]) => ({ Key, Value })));
}

export const tagList = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** A whole number of a query parameter within bounds; the default when absent. Throws InvalidArgument. */
export function pageSize(value: number | undefined, name: string, most: number): number {
  if (value === undefined) return most;
  if (!Number.isInteger(value) || value < 0) {
    throw errors.invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, value);
  }
  return Math.min(value, most);
}

/** The part number after which a list of parts goes on. Throws InvalidArgument. */
export function partNumberMarker(value: string | undefined): number {
  const number = Number(value ?? 0);
  if (Number.isInteger(number) && number >= 0) return number;
  throw errors.invalidArgument("Provided part-number-marker not an integer or within integer range", "part-number-marker", value);
}
