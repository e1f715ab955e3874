import type { Policy } from "@aws-sdk/client-iam";
import { toDate } from "../../../base/instant.ts";
import { findAwsManagedPolicy } from "../../../catalogue/managed-policies/index.ts";
import type { AccessRequest } from "../../../wire/access.ts";
import { keyOf, type IamContext, type IamState } from "../context.ts";
import { errors } from "../errors.ts";
import type { PolicyRecord, PolicyVersion } from "../records.ts";
import { listTags } from "../tags/tags.ts";
import { asRecord } from "./aws-managed.ts";

const CUSTOMER_ARN = /^arn:aws:iam::(\d{12}):policy\/(?:.*\/)?([^/]+)$/;

/** A managed policy by its ARN: the account's own, or one of AWS's. */
export function findPolicy({ policies }: Pick<IamState, "policies">, arn: string): PolicyRecord | undefined {
  const awsManaged = findAwsManagedPolicy(arn);
  if (awsManaged !== undefined) return asRecord(awsManaged);
  const [, account = "", name = ""] = CUSTOMER_ARN.exec(arn) ?? [];
  const record = policies.get(keyOf(account, name));
  return record?.arn === arn ? record : undefined;
}

/** Throws NoSuchEntity. */
export function requirePolicy(state: Pick<IamState, "policies">, arn: string | undefined): PolicyRecord {
  const policy = findPolicy(state, arn ?? "");
  if (policy === undefined) throw errors.noSuchPolicy(arn ?? "");
  return policy;
}

/** A policy that the account may change. Throws NoSuchEntity, and AccessDenied for AWS's own. */
export function requireOwnPolicy(context: IamContext, arn: string | undefined): PolicyRecord {
  const policy = requirePolicy(context, arn);
  if (findAwsManagedPolicy(policy.arn) !== undefined) throw errors.awsManagedPolicy(policy.arn);
  return policy;
}

/** Asks about a managed policy: its ARN is in the request. */
export const askPolicy = (context: IamContext, action: string, arn: string | undefined): readonly AccessRequest[] =>
  [{ action: `iam:${action}`, resource: arn ?? "", resourceTags: findPolicy(context, arn ?? "")?.tags ?? {} }];

export const storePolicy = ({ account, policies }: IamContext, policy: PolicyRecord): void => policies.put(keyOf(account, policy.name), policy);

export const defaultDocument = ({ versions, defaultVersionId }: PolicyRecord): string =>
  versions.find(({ id }) => id === defaultVersionId)?.document ?? "";

/** How many identities have a policy attached, and how many have it as their boundary. */
export interface PolicyUses {
  readonly attachments: number;
  readonly boundaries: number;
}

/** The uses of every policy by its ARN, from one reading of the account's identities. */
export function countUses({ identities, account }: IamContext): (arn: string) => PolicyUses {
  const prefix = `${account}/`;
  const owners = [...identities.user.values({ prefix }), ...identities.role.values({ prefix })];
  const all = [...owners, ...identities.group.values({ prefix })];
  const attachments = tally(all.flatMap(({ attachedPolicies }) => attachedPolicies));
  const boundaries = tally(owners.flatMap(({ boundary }) => boundary ?? []));
  return (arn) => ({ attachments: attachments.get(arn) ?? 0, boundaries: boundaries.get(arn) ?? 0 });
}

function tally(arns: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const arn of arns) counts.set(arn, (counts.get(arn) ?? 0) + 1);
  return counts;
}

/** A policy as lists give it: without description and tags. */
export function summarizePolicy(policy: PolicyRecord, { attachments, boundaries }: PolicyUses) {
  return {
    PolicyName: policy.name, PolicyId: policy.id, Arn: policy.arn, Path: policy.path, DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments, PermissionsBoundaryUsageCount: boundaries, IsAttachable: true,
    CreateDate: toDate(policy.created), UpdateDate: toDate(policy.updated),
  } satisfies Policy;
}

export const describePolicy = (context: IamContext, policy: PolicyRecord) => ({
  ...summarizePolicy(policy, countUses(context)(policy.arn)),
  ...(policy.description === undefined ? {} : { Description: policy.description }),
  ...(Object.keys(policy.tags).length > 0 ? { Tags: listTags(policy.tags) } : {}),
}) satisfies Policy;

export const describeVersion = ({ defaultVersionId }: PolicyRecord, { id, created }: PolicyVersion) =>
  ({ VersionId: id, IsDefaultVersion: id === defaultVersionId, CreateDate: toDate(created) });
