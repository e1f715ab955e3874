import { checksumMember, checksumMembers } from "../checksum/checksum.ts";
import { operation, type S3Context } from "../context.ts";
import { MAX_KEYS } from "../limits.ts";
import { refuseUnsupported } from "../refusals.ts";
import { pageSize, partNumberMarker } from "../validate.ts";
import { readAccess } from "./read-access.ts";
import type { ObjectRecord } from "./record.ts";
import { requireObject } from "./require.ts";

interface PartsPage {
  readonly MaxParts?: number | undefined;
  readonly PartNumberMarker?: string | undefined;
}

function partsOf(record: ObjectRecord, input: PartsPage, context: S3Context) {
  if (record.content.kind !== "parts") return undefined;
  const limit = pageSize(input.MaxParts, "max-parts", MAX_KEYS);
  const after = partNumberMarker(input.PartNumberMarker);
  const found = context.uploads.parts(record.content.upload, { after, limit: limit + 1 });
  const page = found.slice(0, limit);
  return {
    TotalPartsCount: record.content.count, PartNumberMarker: String(after), MaxParts: limit, IsTruncated: found.length > limit,
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    Parts: page.map((part) => ({
      PartNumber: part.number, Size: part.size, ...checksumMember({ algorithm: record.checksum.algorithm, value: part.checksum }),
    })),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export const getObjectAttributes = operation("GetObjectAttributes", {
  authorize: (input, context) => readAccess(input, context, ["s3:GetObject", "s3:GetObjectAttributes"]),
  handle: (input, context) => {
    refuseUnsupported(input, context);
    const record = requireObject(context, { bucket: input.Bucket ?? "", key: input.Key ?? "", versionId: input.VersionId });
    const wanted = new Set<string>(input.ObjectAttributes);
    return {
      LastModified: new Date(record.modified),
      ETag: wanted.has("ETag") ? record.etag : undefined,
      Checksum: wanted.has("Checksum") ? checksumMembers(record.checksum) : undefined,
      ObjectParts: wanted.has("ObjectParts") ? partsOf(record, input, context) : undefined,
      StorageClass: wanted.has("StorageClass") ? ("STANDARD" as const) : undefined,
      ObjectSize: wanted.has("ObjectSize") ? record.size : undefined,
    };
  },
});
