import type { Collection } from "../../store/index.ts";
import { operations, type ServiceContext } from "../../wire/service.ts";
import type { PrincipalDirectory } from "./bucket/policy-principals.ts";
import type { BucketRecord } from "./bucket/record.ts";
import type { Contents } from "./content/contents.ts";
import type { UploadTable } from "./multipart/record.ts";
import type { ObjectTable } from "./object/record.ts";

export interface S3State {
  /** By name: bucket names are one namespace over all accounts and regions. */
  readonly buckets: Collection<BucketRecord>;
  readonly objects: ObjectTable;
  readonly uploads: UploadTable;
  readonly contents: Contents;
  readonly principals: PrincipalDirectory;
  /** A bucket's policy as it holds now. */
  readonly currentPolicy: (bucket: BucketRecord) => string | undefined;
  /** With `--lenient`, what is not done here is logged instead of refused. */
  readonly lenient: boolean;
}

export type S3Context = ServiceContext<S3State>;

export const operation = operations<typeof import("@aws-sdk/client-s3"), S3State>();
