import type { S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import type { BucketRecord } from "./record.ts";

interface NamesBucket {
  readonly Bucket?: string | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

/**
 * The bucket a request names. Throws NoSuchBucket; AccessDenied when it is not the expected owner's; and, as AWS's regional
 * endpoints do, AuthorizationHeaderMalformed with the right region when the request was signed for another.
 */
export function requireBucket(context: S3Context, input: NamesBucket): BucketRecord {
  const bucket = requireBucketAnywhere(context, input);
  const signedFor = signedRegion(context);
  if (signedFor !== undefined && signedFor !== bucket.region) throw errors.wrongRegion(signedFor, bucket.region);
  return bucket;
}

/** The same for the few requests that any region answers. */
export function requireBucketAnywhere(context: S3Context, { Bucket = "", ExpectedBucketOwner }: NamesBucket): BucketRecord {
  const bucket = context.buckets.get(Bucket);
  if (!bucket) throw errors.noSuchBucket(Bucket);
  if (ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== bucket.account) throw errors.accessDenied("Access Denied");
  return bucket;
}

/** The region in a version 4 signature; the older signatures and calls between services have none. */
function signedRegion({ http, principal }: S3Context): string | undefined {
  if (!http || principal.kind === "anonymous") return undefined;
  return /Credential=[^/,\s]*\/\d+\/([^/,\s]+)\//.exec(http.headers["authorization"] ?? "")?.[1]
    ?? /X-Amz-Credential=[^&]*?(?:%2F|\/)\d+(?:%2F|\/)([^&/%]+)(?:%2F|\/)/i.exec(http.query)?.[1];
}
