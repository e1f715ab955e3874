import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { refuse } from "../refusals.ts";
import { requireBucket } from "./require.ts";

/** Never enabled: an empty answer. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
export const getBucketVersioning = operation("GetBucketVersioning", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketVersioning")],
  handle: () => ({}),
});

/** Deviation: versioning is refused by name. */
export const putBucketVersioning = operation("PutBucketVersioning", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketVersioning")],
  handle: (input, context) => {
    refuse(context, `Bucket versioning (${input.VersioningConfiguration?.Status ?? "no Status"})`);
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html */
export const getBucketEncryption = operation("GetBucketEncryption", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetEncryptionConfiguration")],
  handle: () => ({
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BucketKeyEnabled: false }],
    },
  }),
});

/** Deviation: only SSE-S3, which is what every bucket has; keys of KMS are refused by name. */
export const putBucketEncryption = operation("PutBucketEncryption", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutEncryptionConfiguration")],
  handle: (input, context) => {
    for (const rule of input.ServerSideEncryptionConfiguration?.Rules ?? []) {
      const algorithm = rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? "AES256";
      if (algorithm !== "AES256") refuse(context, `Default encryption with ${algorithm}`);
      if (rule.BucketKeyEnabled) refuse(context, "A bucket key");
    }
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html */
export const deleteBucketEncryption = operation("DeleteBucketEncryption", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutEncryptionConfiguration")],
  handle: () => ({}),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html */
export const getBucketOwnershipControls = operation("GetBucketOwnershipControls", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketOwnershipControls")],
  handle: () => ({ OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" as const }] } }),
});

/** Deviation: only BucketOwnerEnforced, S3's default; ownership that needs ACLs is refused by name. */
export const putBucketOwnershipControls = operation("PutBucketOwnershipControls", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketOwnershipControls")],
  handle: (input, context) => {
    for (const { ObjectOwnership: ownership } of input.OwnershipControls?.Rules ?? []) {
      if (ownership !== "BucketOwnerEnforced") refuse(context, `Object ownership ${ownership ?? ""}`);
    }
    return {};
  },
});
