import type { Instant } from "../../../base/instant.ts";
import type { Tags } from "../object/record.ts";

export interface CorsRule {
  readonly ID?: string | undefined;
  readonly AllowedOrigins: readonly string[];
  readonly AllowedMethods: readonly string[];
  readonly AllowedHeaders?: readonly string[] | undefined;
  readonly ExposeHeaders?: readonly string[] | undefined;
  readonly MaxAgeSeconds?: number | undefined;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html */
export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface BucketRecord {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly created: Instant;
  /** The bucket policy's JSON as it was put. */
  readonly policy?: string | undefined;
  readonly policyIsPublic?: boolean | undefined;
  /** Unique ids of the users and roles that the policy names, by ARN, as they were when it was put. */
  readonly policyPrincipals?: Readonly<Record<string, string>> | undefined;
  readonly cors?: readonly CorsRule[] | undefined;
  readonly tags?: Tags | undefined;
  readonly publicAccessBlock?: PublicAccessBlock | undefined;
}

/** What S3 gives every new bucket since April 2023. */
export const ALL_BLOCKED: PublicAccessBlock = {
  BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true,
};

export const bucketArn = (name: string): string => `arn:aws:s3:::${name}`;
export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
