import { onObject } from "../access.ts";
import { ownerGrants, refuseOtherAcl } from "../bucket/acl.ts";
import { requireBucket } from "../bucket/require.ts";
import { operation } from "../context.ts";
import { readAccess } from "./read-access.ts";
import { requireObject } from "./require.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export const getObjectAcl = operation("GetObjectAcl", {
  authorize: (input, context) => readAccess(input, context, ["s3:GetObjectAcl"]),
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    requireObject(context, { bucket: bucket.name, key: input.Key ?? "", versionId: input.VersionId });
    return ownerGrants(bucket.account);
  },
});

/** With bucket-owner ownership enforced, only the ACL that changes nothing is taken, as in S3. */
export const putObjectAcl = operation("PutObjectAcl", {
  authorize: (input, context) =>
    [onObject({ bucket: requireBucket(context, input), context, key: input.Key ?? "" }, "s3:PutObjectAcl", { "s3:x-amz-acl": input.ACL })],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    requireObject(context, { bucket: bucket.name, key: input.Key ?? "", versionId: input.VersionId });
    refuseOtherAcl(input, bucket.account);
    return {};
  },
});
