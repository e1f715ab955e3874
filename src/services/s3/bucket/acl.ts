import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { canonicalUser } from "../object/record.ts";
import { requireBucket } from "./require.ts";

/** The only ACL there is with bucket-owner ownership enforced, which is S3's default. */
export const ownerGrants = (account: string) => ({
  Owner: { ID: canonicalUser(account) },
  Grants: [{ Grantee: { ID: canonicalUser(account), Type: "CanonicalUser" as const }, Permission: "FULL_CONTROL" as const }],
});

interface AclInput {
  readonly ACL?: string | undefined;
  readonly AccessControlPolicy?: { readonly Grants?: readonly { readonly Grantee?: { readonly ID?: string | undefined } | undefined; readonly Permission?: string | undefined }[] | undefined } | undefined;
}

/** Throws AccessControlListNotSupported for any ACL but the owner's full control. */
export function refuseOtherAcl(input: AclInput & object, account: string): void {
  const given = Object.entries(input).some(([member, value]) => member.startsWith("Grant") && value !== undefined);
  const canned = input.ACL !== undefined && input.ACL !== "private" && input.ACL !== "bucket-owner-full-control";
  const grants = input.AccessControlPolicy?.Grants ?? [];
  const others = grants.some((grant) => grant.Grantee?.ID !== canonicalUser(account) || grant.Permission !== "FULL_CONTROL");
  if (given || canned || others) throw errors.aclsNotSupported();
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html */
export const getBucketAcl = operation("GetBucketAcl", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketAcl")],
  handle: (input, context) => ownerGrants(requireBucket(context, input).account),
});

export const putBucketAcl = operation("PutBucketAcl", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketAcl", { "s3:x-amz-acl": input.ACL })],
  handle: (input, context) => {
    refuseOtherAcl(input, requireBucket(context, input).account);
    return {};
  },
});
