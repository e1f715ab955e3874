import { onBucket } from "../access.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_CORS_RULES } from "../limits.ts";
import type { CorsRule } from "./record.ts";
import { requireBucket } from "./require.ts";

const METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"];

interface GivenRule {
  readonly ID?: string | undefined;
  readonly AllowedOrigins?: readonly string[] | undefined;
  readonly AllowedMethods?: readonly string[] | undefined;
  readonly AllowedHeaders?: readonly string[] | undefined;
  readonly ExposeHeaders?: readonly string[] | undefined;
  readonly MaxAgeSeconds?: number | undefined;
}

/** Throws MalformedXML or InvalidRequest in S3's words. */
function checkRule(rule: GivenRule): CorsRule {
  const { AllowedOrigins: origins = [], AllowedMethods: methods = [] } = rule;
  if (origins.length === 0 || methods.length === 0) throw errors.malformedXml();
  for (const method of methods) {
    if (!METHODS.includes(method)) throw errors.invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${method}`);
  }
  const several = (pattern: string): boolean => pattern.split("*").length > 2;
  for (const origin of origins) if (several(origin)) throw errors.invalidRequest(`AllowedOrigin "${origin}" can not have more than one wildcard.`);
  for (const header of rule.AllowedHeaders ?? []) if (several(header)) throw errors.invalidRequest(`AllowedHeader "${header}" can not have more than one wildcard.`);
  return { ...rule, AllowedOrigins: origins, AllowedMethods: methods };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html */
export const putBucketCors = operation("PutBucketCors", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketCORS")],
  handle: (input, context) => {
    const bucket = requireBucket(context, input);
    const rules = input.CORSConfiguration?.CORSRules ?? [];
    if (rules.length === 0 || rules.length > MAX_CORS_RULES) throw errors.malformedXml();
    context.buckets.put(bucket.name, { ...bucket, cors: rules.map(checkRule) });
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html */
export const getBucketCors = operation("GetBucketCors", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:GetBucketCORS")],
  handle: (input, context) => {
    const { name, cors } = requireBucket(context, input);
    if (!cors) throw errors.noSuchCors(name);
    return {
      CORSRules: cors.map(({ AllowedOrigins, AllowedMethods, AllowedHeaders, ExposeHeaders, ...rest }) => ({
        ...rest, AllowedOrigins: [...AllowedOrigins], AllowedMethods: [...AllowedMethods],
        AllowedHeaders: AllowedHeaders && [...AllowedHeaders], ExposeHeaders: ExposeHeaders && [...ExposeHeaders],
      })),
    };
  },
});

/** Asks for PutBucketCORS, as AWS does. https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketCors.html */
export const deleteBucketCors = operation("DeleteBucketCors", {
  authorize: (input, context) => [onBucket({ bucket: requireBucket(context, input), context }, "s3:PutBucketCORS")],
  handle: (input, context) => {
    const { cors: _cors, ...rest } = requireBucket(context, input);
    context.buckets.put(rest.name, rest);
    return {};
  },
});
