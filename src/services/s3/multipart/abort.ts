import { onObject } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireUpload } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export const abortMultipartUpload = operation("AbortMultipartUpload", {
  authorize: (input, context) => [onObject({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, "s3:AbortMultipartUpload")],
  handle: (input, context) => {
    if (input.IfMatchInitiatedTime) throw errors.unsupportedHeader("x-amz-if-match-initiated-time", input.IfMatchInitiatedTime.toISOString());
    context.contents.change((change) => {
      const upload = requireUpload(context, input);
      change.forget({ kind: "parts", upload: upload.id, count: 0 });
      context.uploads.delete(upload);
    });
    return {};
  },
});
