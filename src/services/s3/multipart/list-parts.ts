import { onObject } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { checksumMember } from "../checksum/checksum.ts";
import { operation } from "../context.ts";
import { MAX_KEYS } from "../limits.ts";
import { canonicalUser, quoted } from "../object/record.ts";
import { pageSize, partNumberMarker } from "../validate.ts";
import { requireUpload } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export const listParts = operation("ListParts", {
  authorize: (input, context) => [onObject({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, "s3:ListMultipartUploadParts")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const upload = requireUpload(context, input);
    const limit = pageSize(input.MaxParts, "max-parts", MAX_KEYS);
    const after = partNumberMarker(input.PartNumberMarker);
    const found = context.uploads.parts(upload.id, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    return {
      Bucket: upload.bucket, Key: upload.key, UploadId: upload.id, MaxParts: limit, StorageClass: "STANDARD" as const,
      PartNumberMarker: String(after), NextPartNumberMarker: String(page.at(-1)?.number ?? 0), IsTruncated: found.length > limit,
      Owner: { ID: canonicalUser(bucket.account) }, Initiator: { ID: upload.initiator.arn },
      ...(upload.declared ? { ChecksumAlgorithm: upload.algorithm, ChecksumType: upload.type } : {}),
      Parts: page.map((part) => ({
        PartNumber: part.number, Size: part.size, ETag: quoted(part.etag), LastModified: new Date(part.modified),
        ...checksumMember({ algorithm: upload.algorithm, value: part.checksum }),
      })),
    };
  },
});
