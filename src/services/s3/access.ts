import type { AccessRequest } from "../../wire/access.ts";
import { bucketArn, objectArn, type BucketRecord } from "./bucket/record.ts";
import type { S3Context } from "./context.ts";
import { errors } from "./errors.ts";

export type Conditions = Readonly<Record<string, string | undefined>>;

/** Condition keys that every S3 request supplies. https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html */
function requestConditions({ http }: S3Context): Conditions {
  if (!http) return {};
  const authorization = http.headers["authorization"];
  const presigned = authorization === undefined && /(^|&)(X-Amz-Signature|Signature)=/i.test(http.query);
  const version4 = authorization?.startsWith("AWS4") ?? /(^|&)X-Amz-Signature=/i.test(http.query);
  return {
    "s3:authType": authorization !== undefined ? "REST-HEADER" : presigned ? "REST-QUERY-STRING" : undefined,
    "s3:signatureversion": authorization === undefined && !presigned ? undefined : version4 ? "AWS4-HMAC-SHA256" : "AWS",
    "s3:x-amz-content-sha256": http.headers["x-amz-content-sha256"],
  };
}

const known = (conditions: Conditions): Record<string, string> =>
  Object.fromEntries(Object.entries(conditions).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** Block Public Access's last setting: what a public policy allows, it allows only within the account. */
const policyFor = (bucket: BucketRecord, { principal, currentPolicy }: S3Context): string | undefined =>
  bucket.policyIsPublic && bucket.publicAccessBlock?.RestrictPublicBuckets && (principal.account !== bucket.account || principal.kind === "anonymous")
    ? undefined
    : currentPolicy(bucket);

/** S3 quotes the resource, and tells strangers nothing. https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html */
function denial(resource: string, bucket: BucketRecord, { principal }: S3Context): (message: string) => Error {
  const stranger = principal.kind === "anonymous" || principal.account !== bucket.account;
  return (message) => errors.accessDenied(stranger ? "Access Denied" : message.replace(`on resource: ${resource}`, () => `on resource: "${resource}"`));
}

interface Asked {
  readonly bucket: BucketRecord;
  readonly context: S3Context;
}

function request({ bucket, context }: Asked, action: string, about: { readonly resource: string; readonly conditions: Conditions }): AccessRequest {
  const { resource, conditions } = about;
  return {
    action, resource,
    conditions: known({ ...requestConditions(context), "s3:ResourceAccount": bucket.account, ...conditions }),
    resourcePolicy: policyFor(bucket, context),
    resourceAccount: bucket.account,
    denied: denial(resource, bucket, context),
  };
}

/** May the caller do this to the bucket? */
export const onBucket = (asked: Asked, action: string, conditions: Conditions = {}): AccessRequest =>
  request(asked, action, { resource: bucketArn(asked.bucket.name), conditions });

/** May the caller do this to an object, which need not exist? */
export const onObject = (asked: Asked & { readonly key: string }, action: string, conditions: Conditions = {}): AccessRequest =>
  request(asked, action, { resource: objectArn(asked.bucket.name, asked.key), conditions });

/** Conditions of every request that writes an object: tags are named one by one. */
export const tagConditions = (prefix: "s3:RequestObjectTag" | "s3:ExistingObjectTag", tags: Readonly<Record<string, string>>): Conditions =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
