import { operation, type S3Context } from "../context.ts";
import { errors } from "../errors.ts";
import { MAX_BUCKET_TAGS } from "../limits.ts";
import { wholeSeconds } from "../object/record.ts";
import { refuseUnsupported } from "../refusals.ts";
import { isBucketName, tagSet } from "../validate.ts";
import { ALL_BLOCKED, bucketArn, type BucketRecord } from "./record.ts";

/** us-east-1 is the region without a name, whose endpoint creates buckets anywhere; the others only in themselves. */
const DEFAULT_REGION = "us-east-1";
const REGION = /^(af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+(-[a-z]+)?-\d$/;

function regionFor(constraint: string | undefined, context: S3Context): string {
  if (constraint !== undefined && constraint !== "EU" && (!REGION.test(constraint) || constraint === DEFAULT_REGION)) {
    throw errors.invalidLocationConstraint(constraint);
  }
  const wanted = constraint === "EU" ? "eu-west-1" : (constraint ?? DEFAULT_REGION);
  if (context.region !== DEFAULT_REGION && wanted !== context.region) throw errors.illegalLocationConstraint(constraint ?? "unspecified");
  return wanted;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const createBucket = operation("CreateBucket", {
  authorize: ({ Bucket = "", CreateBucketConfiguration: configuration }) => [{
    action: "s3:CreateBucket", resource: bucketArn(Bucket),
    conditions: configuration?.LocationConstraint === undefined ? {} : { "s3:LocationConstraint": configuration.LocationConstraint },
    denied: errors.accessDenied,
  }],
  handle: (input, context) => {
    const { Bucket: name = "", CreateBucketConfiguration: configuration } = input;
    refuseUnsupported(input, context);
    if (configuration?.Bucket || configuration?.Location) throw errors.unsupported("A directory bucket");
    if (!isBucketName(name)) throw errors.invalidBucketName(name);
    const region = regionFor(configuration?.LocationConstraint, context);
    const answer = { Location: region === DEFAULT_REGION ? `/${name}` : `http://${name}.s3.amazonaws.com/`, BucketArn: bucketArn(name) };
    const present = context.buckets.get(name);
    if (present) {
      if (present.account !== context.account) throw errors.bucketAlreadyExists(name);
      // In us-east-1, creating one's own bucket again succeeds and changes nothing.
      if (present.region === DEFAULT_REGION && region === DEFAULT_REGION) return answer;
      throw errors.bucketAlreadyOwnedByYou(name);
    }
    const tags = tagSet(configuration?.Tags ?? [], "Bucket", MAX_BUCKET_TAGS);
    const bucket: BucketRecord = {
      name, account: context.account, region, created: wholeSeconds(context.clock.now()), publicAccessBlock: ALL_BLOCKED,
      ...(Object.keys(tags).length > 0 ? { tags } : {}),
    };
    context.buckets.put(name, bucket);
    return answer;
  },
});
