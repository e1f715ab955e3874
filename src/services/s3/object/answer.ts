import { instant, toDate } from "../../../base/instant.ts";
import { checksumMembers } from "../checksum/checksum.ts";
import { rangeLength, type ByteRange } from "../content/content.ts";
import type { S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import { contentRange, parseRange } from "./range.ts";
import { ENCRYPTED, quoted, type ObjectRecord } from "./record.ts";

/** The members that GetObject and HeadObject share. */
export interface ReadInput {
  readonly Range?: string | undefined;
  readonly PartNumber?: number | undefined;
  readonly ChecksumMode?: string | undefined;
  readonly ResponseCacheControl?: string | undefined;
  readonly ResponseContentDisposition?: string | undefined;
  readonly ResponseContentEncoding?: string | undefined;
  readonly ResponseContentLanguage?: string | undefined;
  readonly ResponseContentType?: string | undefined;
  readonly ResponseExpires?: Date | undefined;
}

/** Which bytes are asked for, by range or by part number; undefined for all. Throws InvalidRange, InvalidPartNumber. */
export function selectRange(input: ReadInput, record: ObjectRecord, context: S3Context): ByteRange | undefined {
  const { PartNumber: number } = input;
  if (number === undefined) return parseRange(input.Range, record.size);
  if (input.Range !== undefined) throw errors.invalidRequest("Cannot specify both Range header and partNumber query parameter");
  if (record.content.kind !== "parts") {
    if (number !== 1) throw errors.invalidPartNumber(number, 1);
    return record.size === 0 ? undefined : { start: 0, end: record.size - 1 };
  }
  let start = 0;
  for (const part of context.uploads.parts(record.content.upload)) {
    if (part.number === number) return { start, end: start + part.size - 1 };
    start += part.size;
  }
  throw errors.invalidPartNumber(number, record.content.count);
}

/** The headers of an object as GetObject and HeadObject answer them. */
export function describeAnswer(input: ReadInput, record: ObjectRecord, range: ByteRange | undefined) {
  const { system } = record;
  const tags = Object.keys(record.tags).length;
  const expires = input.ResponseExpires ?? (system.expires === undefined ? undefined : toDate(instant(system.expires)));
  return {
    AcceptRanges: "bytes",
    LastModified: toDate(record.modified),
    ETag: quoted(record.etag),
    ContentLength: range ? rangeLength(range) : record.size,
    ContentRange: range && contentRange(range, record.size),
    ContentType: input.ResponseContentType ?? system.contentType,
    CacheControl: input.ResponseCacheControl ?? system.cacheControl,
    ContentDisposition: input.ResponseContentDisposition ?? system.contentDisposition,
    ContentEncoding: input.ResponseContentEncoding ?? system.contentEncoding,
    ContentLanguage: input.ResponseContentLanguage ?? system.contentLanguage,
    Expires: expires,
    ...ENCRYPTED,
    Metadata: { ...record.metadata },
    TagCount: tags === 0 ? undefined : tags,
    PartsCount: input.PartNumber !== undefined && record.content.kind === "parts" ? record.content.count : undefined,
    // A checksum is of the whole object, and clients check what they got against it: none with a part of the bytes.
    ...(input.ChecksumMode === "ENABLED" && !range ? checksumMembers(record.checksum) : {}),
  };
}

const OVERRIDES = [
  "ResponseCacheControl", "ResponseContentDisposition", "ResponseContentEncoding", "ResponseContentLanguage", "ResponseContentType", "ResponseExpires",
] as const satisfies readonly (keyof ReadInput)[];

/** Only who signs may choose the answer's headers. */
export function checkOverrides(input: ReadInput, { principal }: S3Context): void {
  if (principal.kind !== "anonymous" || !OVERRIDES.some((member) => input[member] !== undefined)) return;
  throw errors.invalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
}
