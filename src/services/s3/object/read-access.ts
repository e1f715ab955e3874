import type { AccessRequest } from "../../../wire/access.ts";
import { onBucket, onObject, tagConditions } from "../access.ts";
import { requireBucket } from "../bucket/require.ts";
import type { S3Context } from "../context.ts";

export interface NamesObject {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/**
 * What reading an object asks. Whether a missing key is missing is told only to those who may list the bucket; the others
 * get AccessDenied. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html (Permissions)
 */
export function readAccess(input: NamesObject, context: S3Context, actions: readonly string[] = ["s3:GetObject"]): readonly AccessRequest[] {
  const bucket = requireBucket(context, input);
  const key = input.Key ?? "";
  const record = context.objects.get(bucket.name, key);
  const conditions = record ? tagConditions("s3:ExistingObjectTag", record.tags) : {};
  const version = input.VersionId === undefined ? "" : "Version";
  const asked = actions.map((action) => onObject({ bucket, context, key }, action.replace(/^s3:(Get|Put|Delete)Object/, `$&${version}`), conditions));
  return record ? asked : [...asked, onBucket({ bucket, context }, "s3:ListBucket")];
}
