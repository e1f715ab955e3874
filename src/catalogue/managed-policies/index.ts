import administratorAccess from "./administrator-access.json" with { type: "json" };
import amazonS3FullAccess from "./amazon-s3-full-access.json" with { type: "json" };
import amazonS3ReadOnlyAccess from "./amazon-s3-read-only-access.json" with { type: "json" };
import amazonSageMakerFullAccess from "./amazon-sagemaker-full-access.json" with { type: "json" };
import awsLambdaBasicExecutionRole from "./aws-lambda-basic-execution-role.json" with { type: "json" };
import awsLambdaFullAccess from "./aws-lambda-full-access.json" with { type: "json" };
import cloudWatchLogsFullAccess from "./cloudwatch-logs-full-access.json" with { type: "json" };
import iamFullAccess from "./iam-full-access.json" with { type: "json" };
import readOnlyAccess from "./read-only-access.json" with { type: "json" };

/**
 * A policy that AWS manages, as published at `source` in the version named. `covers` says what ours leaves out of AWS's.
 * The documents were compared with the dump of `get-policy-version` in github.com/zoph-io/MAMIP, read 2026-11-21.
 */
export interface AwsManagedPolicy {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  /** Of ANPA… form. AWS publishes none, so it is made of the name: the same in every account, as AWS's are. */
  readonly id: string;
  readonly description: string;
  readonly created: string;
  readonly updated: string;
  readonly version: string;
  readonly source: string;
  readonly covers: string | undefined;
  /** The JSON text. */
  readonly document: string;
}

const ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ID_LENGTH = 21;

interface PolicyFile extends Omit<AwsManagedPolicy, "arn" | "id" | "covers" | "document"> {
  readonly covers?: string;
  readonly document: object;
}

const FILES: readonly PolicyFile[] = [
  administratorAccess, amazonS3FullAccess, amazonS3ReadOnlyAccess, amazonSageMakerFullAccess, awsLambdaBasicExecutionRole,
  awsLambdaFullAccess, cloudWatchLogsFullAccess, iamFullAccess, readOnlyAccess,
];

export const AWS_MANAGED_POLICIES: ReadonlyMap<string, AwsManagedPolicy> = new Map(FILES.map((file) => {
  const arn = `arn:aws:iam::aws:policy${file.path}${file.name}`;
  return [arn, { ...file, arn, id: idOf(file.name), covers: file.covers, document: JSON.stringify(file.document, undefined, 2) }];
}));

export const findAwsManagedPolicy = (arn: string): AwsManagedPolicy | undefined => AWS_MANAGED_POLICIES.get(arn);

function idOf(name: string): string {
  let id = "ANPA";
  let state = 2166136261;
  for (let at = 0; id.length < ID_LENGTH; at++) {
    // FNV-1a, over the name again and again.
    state = Math.imul(state ^ name.charCodeAt(at % name.length), 16777619) >>> 0;
    id += ID_LETTERS[state >>> 27];
  }
  return id;
}
