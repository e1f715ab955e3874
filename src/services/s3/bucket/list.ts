import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_BUCKETS_PAGE } from "../limits.ts";
import { canonicalUser } from "../object/record.ts";
import { bucketArn } from "./record.ts";

const tokenOf = (name: string): string => Buffer.from(name).toString("base64url");
const nameOf = (token: string): string => Buffer.from(token, "base64url").toString();

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export const listBuckets = operation("ListBuckets", {
  authorize: () => [{ action: "s3:ListAllMyBuckets", resource: "*", denied: errors.accessDenied }],
  handle: ({ Prefix: prefix = "", ContinuationToken: token, BucketRegion: region, MaxBuckets: most }, context) => {
    const limit = Math.min(most ?? MAX_BUCKETS_PAGE, MAX_BUCKETS_PAGE);
    const own = context.buckets
      .values({ prefix, ...(token === undefined ? {} : { after: nameOf(token) }) })
      .filter((bucket) => bucket.account === context.account && (region === undefined || bucket.region === region));
    const page = own.slice(0, limit);
    const last = page.at(-1);
    return {
      Buckets: page.map((bucket) => ({
        Name: bucket.name, CreationDate: new Date(bucket.created), BucketArn: bucketArn(bucket.name),
        ...(most === undefined && region === undefined ? {} : { BucketRegion: bucket.region }),
      })),
      Owner: { ID: canonicalUser(context.account) },
      ...(prefix === "" ? {} : { Prefix: prefix }),
      ...(own.length > page.length && last ? { ContinuationToken: tokenOf(last.name) } : {}),
    };
  },
});
