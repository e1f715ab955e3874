import { onObject } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { checksumMembers, createMd5, givenChecksum, type Checksum, type ChecksumMembers } from "../checksum/checksum.ts";
import { checksumOfParts } from "../checksum/of-parts.ts";
import { operation, type S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_OBJECT_BYTES, MIN_PART_BYTES } from "../limits.ts";
import { commitObject } from "../object/commit.ts";
import { ENCRYPTED, quoted, wholeSeconds, type ObjectRecord } from "../object/record.ts";
import { refuseUnsupported } from "../refusals.ts";
import type { PartRecord, UploadRecord } from "./record.ts";
import { requireUpload } from "./require.ts";

interface NamedPart extends ChecksumMembers {
  readonly PartNumber?: number | undefined;
  readonly ETag?: string | undefined;
}

const bare = (etag: string): string => etag.replace(/^"|"$/g, "");

/** The parts a client names, in its order. Throws InvalidPart, InvalidPartOrder, EntityTooSmall. */
function selectParts(upload: UploadRecord, named: readonly NamedPart[], context: S3Context): readonly PartRecord[] {
  const present = new Map(context.uploads.parts(upload.id).map((part) => [part.number, part]));
  const parts = named.map((name, index) => {
    const { PartNumber: number = 0, ETag: etag = "" } = name;
    if (index > 0 && number <= (named[index - 1]?.PartNumber ?? 0)) throw errors.invalidPartOrder(upload.id);
    const part = present.get(number);
    if (!part || part.etag !== bare(etag)) throw errors.invalidPart(upload.id, number, bare(etag));
    checkPartSum(upload, part, name);
    return part;
  });
  for (const part of parts.slice(0, -1)) {
    if (part.size < MIN_PART_BYTES) throw errors.entityTooSmall({ size: part.size, minimum: MIN_PART_BYTES, number: part.number, etag: part.etag });
  }
  return parts;
}

function checkPartSum(upload: UploadRecord, part: PartRecord, named: NamedPart): void {
  const given = givenChecksum(named);
  if (given?.algorithm === upload.algorithm && given.value !== part.checksum) throw errors.invalidPart(upload.id, part.number, part.etag);
  if (given === undefined && upload.declared && upload.type === "COMPOSITE") {
    throw errors.invalidRequest(`The upload was created using a ${upload.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`);
  }
}

interface Expected extends ChecksumMembers {
  readonly ChecksumType?: string | undefined;
  readonly MpuObjectSize?: unknown;
}

/** What the request says of the whole object. Throws BadDigest, InvalidRequest. */
function checkWhole(input: Expected, checksum: Checksum, size: number): void {
  const given = givenChecksum(input);
  if (given && (given.algorithm !== checksum.algorithm || given.value !== checksum.value)) throw errors.badDigest(given.algorithm);
  if (input.ChecksumType !== undefined && input.ChecksumType !== checksum.type) {
    throw errors.checksumTypeMismatch(input.ChecksumType, checksum.type);
  }
  if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== size) {
    throw errors.invalidRequest("The provided 'x-amz-mp-object-size' header does not match what was computed");
  }
}

/** The MD5 of the parts' MD5s, and how many they were. */
function etagOf(parts: readonly PartRecord[]): string {
  const md5 = createMd5();
  for (const part of parts) md5.update(Buffer.from(part.etag, "hex"));
  return `${md5.digest().toString("hex")}-${parts.length}`;
}

/** Already completed: a client that lost the answer asks again, and is given it again. */
function completedBefore(context: S3Context, { Bucket = "", Key = "", UploadId = "" }: { Bucket?: string | undefined; Key?: string | undefined; UploadId?: string | undefined }): ObjectRecord | undefined {
  const record = context.objects.get(Bucket, Key);
  return record?.content.kind === "parts" && record.content.upload === UploadId ? record : undefined;
}

/** Nothing is copied: the parts stay as they are and become the object's content. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export const completeMultipartUpload = operation("CompleteMultipartUpload", {
  authorize: (input, context) => [onObject(
    { bucket: requireBucket(context, input), context, key: input.Key ?? "" }, "s3:PutObject",
    { "s3:if-match": input.IfMatch, "s3:if-none-match": input.IfNoneMatch },
  )],
  handle: (input, context) => {
    const { Bucket: bucket = "", Key: key = "" } = input;
    refuseUnsupported(input, context);
    const record = completedBefore(context, input) ?? complete(input, context);
    const endpoint = context.http ? `http://${context.http.host}` : "";
    return {
      Bucket: bucket, Key: key, Location: `${endpoint}/${bucket}/${encodeURIComponent(key)}`, ETag: quoted(record.etag), ...ENCRYPTED,
      ...checksumMembers(record.checksum),
    };
  },
});

function complete(
  input: Expected & { Bucket?: string | undefined; Key?: string | undefined; UploadId?: string | undefined; IfMatch?: string | undefined; IfNoneMatch?: string | undefined; MultipartUpload?: { Parts?: readonly NamedPart[] | undefined } | undefined },
  context: S3Context,
): ObjectRecord {
  const upload = requireUpload(context, input);
  const named = input.MultipartUpload?.Parts ?? [];
  if (named.length === 0) throw errors.malformedXml();
  const parts = selectParts(upload, named, context);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size > MAX_OBJECT_BYTES) throw errors.entityTooLarge(size, MAX_OBJECT_BYTES);
  const checksum = checksumOfParts(upload.algorithm, upload.type, parts.map((part) => ({ size: part.size, value: part.checksum })));
  checkWhole(input, checksum, size);
  return commitObject(context, upload, {
    conditions: input,
    make: (change) => {
      let start = 0;
      for (const part of parts) {
        context.uploads.placePart(upload.id, part.number, start);
        start += part.size;
      }
      const kept = new Set(parts.map((part) => part.number));
      for (const part of context.uploads.parts(upload.id)) {
        if (kept.has(part.number)) continue;
        context.uploads.deletePart(upload.id, part.number);
        change.forgetBlob(part.blob);
      }
      context.uploads.delete(upload);
      return {
        content: { kind: "parts", upload: upload.id, count: parts.length }, size, etag: etagOf(parts), checksum,
        modified: wholeSeconds(context.clock.now()), system: upload.system, metadata: upload.metadata, tags: upload.tags,
      };
    },
  });
}
