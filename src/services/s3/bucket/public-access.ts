import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireBucket } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html */
export const putPublicAccessBlock = operation("PutPublicAccessBlock", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketPublicAccessBlock")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const given = input.PublicAccessBlockConfiguration;
    context.buckets.put(bucket.name, {
      ...bucket,
      publicAccessBlock: {
        BlockPublicAcls: given?.BlockPublicAcls ?? false, IgnorePublicAcls: given?.IgnorePublicAcls ?? false,
        BlockPublicPolicy: given?.BlockPublicPolicy ?? false, RestrictPublicBuckets: given?.RestrictPublicBuckets ?? false,
      },
    });
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html */
export const getPublicAccessBlock = operation("GetPublicAccessBlock", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketPublicAccessBlock")],
  handle: (input, context) => {
    const { name, publicAccessBlock } = requireBucket(context, input);
    if (!publicAccessBlock) throw errors.noSuchPublicAccessBlock(name);
    return { PublicAccessBlockConfiguration: publicAccessBlock };
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html */
export const deletePublicAccessBlock = operation("DeletePublicAccessBlock", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketPublicAccessBlock")],
  handle: (input, context) => {
    const { publicAccessBlock: _block, ...rest } = requireBucket(context, input);
    context.buckets.put(rest.name, rest);
    return {};
  },
});
