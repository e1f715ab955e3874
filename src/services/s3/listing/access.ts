import type { AccessRequest } from "../../../wire/access.ts";
import { onBucket } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import type { S3Context } from "../context.ts";

export interface ListInput {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly MaxKeys?: number | undefined;
}

/** Listing asks with its prefix, delimiter and page size as condition keys, so that a policy can open one folder. */
export const listAccess = (input: ListInput, context: S3Context, action = "s3:ListBucket"): readonly AccessRequest[] => [
  onBucket({ bucket: requireBucket(context, input), context }, action, {
    "s3:prefix": input.Prefix, "s3:delimiter": input.Delimiter, "s3:max-keys": input.MaxKeys === undefined ? undefined : String(input.MaxKeys),
  }),
];
