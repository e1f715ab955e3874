import { onBucket } from "../access.ts";
import { operation, type S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import { checkBucketPolicy, isPublicPolicy } from "./policy-document.ts";
import { policyPrincipals } from "./policy-principals.ts";
import type { BucketRecord } from "./record.ts";
import { requireBucket } from "./require.ts";

function requirePolicy(bucket: BucketRecord, { currentPolicy }: S3Context): string {
  const policy = currentPolicy(bucket);
  if (policy === undefined) throw errors.noSuchBucketPolicy(bucket.name);
  return policy;
}

const blockedPolicy = ({ name }: BucketRecord, { principal }: S3Context): Error =>
  errors.accessDenied(
    `User: ${principal.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
  );

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export const putBucketPolicy = operation("PutBucketPolicy", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketPolicy")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const policy = input.Policy ?? "";
    checkBucketPolicy(policy, bucket.name);
    const ids = policyPrincipals(policy, bucket.account, context.principals);
    const policyIsPublic = isPublicPolicy(policy);
    if (policyIsPublic && bucket.publicAccessBlock?.BlockPublicPolicy) throw blockedPolicy(bucket, context);
    context.buckets.put(bucket.name, { ...bucket, policy, policyIsPublic, policyPrincipals: ids });
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html */
export const getBucketPolicy = operation("GetBucketPolicy", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketPolicy")],
  handle: (input, context) => ({ Policy: requirePolicy(requireBucket(context, input), context) }),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html */
export const deleteBucketPolicy = operation("DeleteBucketPolicy", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:DeleteBucketPolicy")],
  handle: (input, context) => {
    const { policy: _policy, policyIsPublic: _public, policyPrincipals: _ids, ...rest } = requireBucket(context, input);
    context.buckets.put(rest.name, rest);
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html */
export const getBucketPolicyStatus = operation("GetBucketPolicyStatus", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketPolicyStatus")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    requirePolicy(bucket, context);
    return { PolicyStatus: { IsPublic: bucket.policyIsPublic === true } };
  },
});
