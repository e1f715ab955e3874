import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { requireBucketAnywhere } from "./require.ts";

/** us-east-1 is answered as an empty constraint. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export const getBucketLocation = operation("GetBucketLocation", {
  authorize: (input, context) => [onBucket({ bucket: requireBucketAnywhere(context, input), context }, "s3:GetBucketLocation")],
  handle: (input, context) => {
    const { region } = requireBucketAnywhere(context, input);
    return region === "us-east-1" ? {} : { LocationConstraint: region as never };
  },
});
