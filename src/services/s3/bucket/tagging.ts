import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_BUCKET_TAGS } from "../limits.ts";
import { tagList, tagSet } from "../validate.ts";
import { requireBucket } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html */
export const putBucketTagging = operation("PutBucketTagging", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketTagging")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    context.buckets.put(bucket.name, { ...bucket, tags: tagSet(input.Tagging?.TagSet ?? [], "Bucket", MAX_BUCKET_TAGS) });
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
export const getBucketTagging = operation("GetBucketTagging", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketTagging")],
  handle: (input, context) => {
    const { name, tags } = requireBucket(context, input);
    if (tags === undefined || Object.keys(tags).length === 0) throw errors.noSuchTagSet(name);
    return { TagSet: tagList(tags) };
  },
});

/** Asks for PutBucketTagging, as AWS does. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html */
export const deleteBucketTagging = operation("DeleteBucketTagging", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketTagging")],
  handle: (input, context) => {
    const { tags: _tags, ...rest } = requireBucket(context, input);
    context.buckets.put(rest.name, rest);
    return {};
  },
});
