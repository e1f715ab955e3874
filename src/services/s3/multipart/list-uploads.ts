import { onBucket } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { operation } from "../context.ts";
import { namesIn } from "../listing/encoding.ts";
import { MAX_KEYS } from "../limits.ts";
import { canonicalUser } from "../object/record.ts";
import { pageSize } from "../validate.ts";
import type { UploadRecord } from "./record.ts";

const byteOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Keys in order, and within a key the oldest upload first. */
const inOrder = (a: UploadRecord, b: UploadRecord): number => byteOrder(a.key, b.key) || a.initiated - b.initiated || byteOrder(a.id, b.id);

/** What comes after the markers: later keys, and with an upload id the later uploads of the marked key. */
function afterMarkers(uploads: readonly UploadRecord[], key: string, id: string): readonly UploadRecord[] {
  if (key === "") return uploads;
  const marked = uploads.findIndex((upload) => upload.key === key && upload.id === id);
  return id !== "" && marked >= 0 ? uploads.slice(marked + 1) : uploads.filter((upload) => byteOrder(upload.key, key) > 0);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export const listMultipartUploads = operation("ListMultipartUploads", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:ListBucketMultipartUploads")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: keyMarker = "", UploadIdMarker: idMarker = "" } = input;
    const limit = pageSize(input.MaxUploads, "max-uploads", MAX_KEYS);
    const name = namesIn(input.EncodingType);
    const matching = context.uploads.inBucket(bucket.name).filter((upload) => upload.key.startsWith(prefix)).sort(inOrder);
    const uploads: UploadRecord[] = [];
    const commonPrefixes = new Set<string>();
    let truncated = false;
    let last: { readonly key: string; readonly id: string } | undefined;
    for (const upload of afterMarkers(matching, keyMarker, idMarker)) {
      const at = delimiter === "" ? -1 : upload.key.indexOf(delimiter, prefix.length);
      const rolled = at < 0 ? undefined : upload.key.slice(0, at + delimiter.length);
      if (rolled !== undefined && (commonPrefixes.has(rolled) || keyMarker.startsWith(rolled))) continue;
      truncated = uploads.length + commonPrefixes.size === limit;
      if (truncated) break;
      if (rolled === undefined) uploads.push(upload);
      else commonPrefixes.add(rolled);
      last = { key: rolled ?? upload.key, id: rolled === undefined ? upload.id : "" };
    }
    return {
      Bucket: bucket.name, Prefix: name(prefix), KeyMarker: name(keyMarker), UploadIdMarker: idMarker, MaxUploads: limit,
      IsTruncated: truncated,
      ...(delimiter === "" ? {} : { Delimiter: name(delimiter) }),
      ...(input.EncodingType ? { EncodingType: input.EncodingType } : {}),
      ...(truncated && last ? { NextKeyMarker: name(last.key), NextUploadIdMarker: last.id } : {}),
      Uploads: uploads.map((upload) => ({
        Key: name(upload.key), UploadId: upload.id, Initiated: new Date(upload.initiated), StorageClass: "STANDARD" as const,
        Owner: { ID: canonicalUser(bucket.account) }, Initiator: { ID: upload.initiator.arn },
        ...(upload.declared ? { ChecksumAlgorithm: upload.algorithm, ChecksumType: upload.type } : {}),
      })),
      CommonPrefixes: [...commonPrefixes].map((each) => ({ Prefix: name(each) })),
    };
  },
});
