import type { AccessRequest } from "../../../wire/access.ts";
import { onObject, tagConditions } from "../access.ts";
import type { BucketRecord } from "../bucket/record.ts";
import type { S3Context } from "../context.ts";
import { taggingHeader } from "../validate.ts";

interface WriteInput {
  readonly ACL?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly Tagging?: string | undefined;
  readonly CopySource?: string | undefined;
  readonly MetadataDirective?: string | undefined;
}

/** What creating an object asks, with the condition keys of its headers; setting tags is a permission of its own. */
export function writeAccess(at: { readonly bucket: BucketRecord; readonly context: S3Context; readonly key: string }, input: WriteInput): readonly AccessRequest[] {
  const tags = taggingHeader(input.Tagging);
  const conditions = {
    "s3:x-amz-acl": input.ACL, "s3:x-amz-storage-class": input.StorageClass,
    "s3:x-amz-server-side-encryption": input.ServerSideEncryption,
    "s3:if-match": input.IfMatch, "s3:if-none-match": input.IfNoneMatch,
    "s3:x-amz-copy-source": input.CopySource, "s3:x-amz-metadata-directive": input.MetadataDirective,
    ...tagConditions("s3:RequestObjectTag", tags),
  };
  const put = onObject(at, "s3:PutObject", conditions);
  return input.Tagging ? [put, onObject(at, "s3:PutObjectTagging", conditions)] : [put];
}
