import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { bucketArn } from "./record.ts";
import { requireBucket } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export const headBucket = operation("HeadBucket", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:ListBucket")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    return { BucketRegion: bucket.region, BucketArn: bucketArn(bucket.name), AccessPointAlias: false };
  },
});
