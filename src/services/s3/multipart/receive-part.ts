import type { Received } from "../content/receive.ts";
import type { S3Context } from "../context.ts";
import { keepingClean } from "../object/commit.ts";
import { wholeSeconds } from "../object/record.ts";
import type { PartRecord, UploadRecord } from "./record.ts";
import { requireUpload } from "./require.ts";

/** Makes received bytes part of an upload, in place of an earlier part of that number. Throws NoSuchUpload when it ended meanwhile. */
export function commitPart(context: S3Context, upload: UploadRecord, { number, received }: { readonly number: number; readonly received: Received }): PartRecord {
  const { place } = received;
  if (place.kind !== "blob") throw new Error("a part's bytes are always in a file");
  const part: PartRecord = {
    number, size: received.size, blob: place.blob, etag: received.md5.toString("hex"),
    modified: wholeSeconds(context.clock.now()), checksum: received.checksum.toString("base64"),
  };
  return keepingClean(context, place, () => context.contents.change((change) => {
    requireUpload(context, { Bucket: upload.bucket, Key: upload.key, UploadId: upload.id });
    const earlier = context.uploads.part(upload.id, number);
    change.adopt(place);
    context.uploads.putPart(upload.id, part);
    if (earlier) change.forgetBlob(earlier.blob);
    return part;
  }));
}
