import { instant } from "../../../base/instant.ts";
import type { AwsManagedPolicy } from "../../../catalogue/managed-policies/index.ts";
import type { PolicyRecord } from "../records.ts";

/** A policy of AWS's in the form of the account's own ones, with its one known version. */
export const asRecord = (policy: AwsManagedPolicy): PolicyRecord => ({
  name: policy.name,
  path: policy.path,
  id: policy.id,
  arn: policy.arn,
  description: policy.description,
  created: instant(Date.parse(policy.created)),
  updated: instant(Date.parse(policy.updated)),
  versions: [{ id: policy.version, document: policy.document, created: instant(Date.parse(policy.updated)) }],
  defaultVersionId: policy.version,
  nextVersion: 0,
  tags: {},
});
