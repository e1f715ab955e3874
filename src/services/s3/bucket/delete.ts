import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireBucket } from "./require.ts";

/** Uploads that were never completed go with the bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export const deleteBucket = operation("DeleteBucket", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:DeleteBucket")],
  handle: (input, context) => {
    const { name } = requireBucket(context, input);
    if (!context.objects.isEmpty(name)) throw errors.bucketNotEmpty(name);
    context.contents.change((change) => {
      for (const upload of context.uploads.inBucket(name)) {
        change.forget({ kind: "parts", upload: upload.id, count: 0 });
        context.uploads.delete(upload);
      }
      context.buckets.delete(name);
    });
    return {};
  },
});
