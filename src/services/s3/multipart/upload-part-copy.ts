import { onObject } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { checksumMember } from "../checksum/checksum.ts";
import { whole, type ByteRange } from "../content/content.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_UPLOAD_BYTES } from "../limits.ts";
import { requireSource, sourceAccess } from "../object/copy-source.ts";
import { ENCRYPTED, quoted } from "../object/record.ts";
import { refuseUnsupported } from "../refusals.ts";
import { commitPart } from "./receive-part.ts";
import { checkPartNumber, requireUpload } from "./require.ts";

/** `bytes=first-last`, both given and within the source. Throws InvalidArgument. */
function copyRange(text: string | undefined, size: number): ByteRange | undefined {
  if (text === undefined) return undefined;
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? [];
  const range = { start: Number(first), end: Number(last) };
  if (first === undefined || last === undefined || range.end < range.start) {
    throw errors.invalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", text);
  }
  if (range.end >= size) throw errors.invalidArgument(`Range specified is not valid for source object of size: ${size}`, "x-amz-copy-source-range", text);
  return range;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export const uploadPartCopy = operation("UploadPartCopy", {
  authorize: (input, context) => [
    ...sourceAccess(input, context),
    onObject({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, "s3:PutObject", { "s3:x-amz-copy-source": input.CopySource }),
  ],
  handle: async (input, context) => {
    const { PartNumber: number = 0 } = input;
    refuseUnsupported(input, context);
    checkPartNumber(number);
    const upload = requireUpload(context, input);
    const { record } = requireSource(input, context);
    const range = copyRange(input.CopySourceRange, record.size);
    if (!range && record.size > MAX_UPLOAD_BYTES) {
      throw errors.invalidRequest(`The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_UPLOAD_BYTES}`);
    }
    const received = await context.contents.receive(context.contents.read(record.content, range ?? whole(record.size)), {
      algorithm: upload.algorithm, inlineBytes: -1, signal: context.signal,
    });
    const part = commitPart(context, upload, { number, received });
    return {
      ...ENCRYPTED,
      CopyPartResult: {
        ETag: quoted(part.etag), LastModified: new Date(part.modified), ...checksumMember({ algorithm: upload.algorithm, value: part.checksum }),
      },
    };
  },
});
