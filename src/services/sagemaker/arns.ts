import { formatArn } from "../../base/arn.ts";

/** Where a resource lives: every name is unique within an account and region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export type ResourceKind = "training-job" | "hyper-parameter-tuning-job" | "model" | "endpoint-config" | "endpoint" | "notebook-instance" | "notebook-instance-lifecycle-config";

/** ARNs carry names in lower case: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html */
export const arnOf = (kind: ResourceKind, { account, region }: Place, name: string): string =>
  formatArn({ service: "sagemaker", region, account, resource: `${kind}/${name.toLowerCase()}` });

/** The key of a record in its collection: two names that differ by case alone have one ARN, and so are one name. */
export const keyOf = ({ account, region }: Place, name: string): string => `${account}/${region}/${name.toLowerCase()}`;

export const prefixOf = ({ account, region }: Place): string => `${account}/${region}/`;
