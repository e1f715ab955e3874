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

/** How many identities have the policy attached, and how many have it as their boundary. */
export function usesOf({ identities, account }: IamContext, arn: string): { readonly attachments: number; readonly boundaries: number } {
  const prefix = `${account}/`;
  const owners = [...identities.user.values({ prefix }), ...identities.role.values({ prefix })];
  const all = [...owners, ...identities.group.values({ prefix })];
  return {
    attachments: all.filter(({ attachedPolicies }) => attachedPolicies.includes(arn)).length,
    boundaries: owners.filter(({ boundary }) => boundary === arn).length,
  };
}

/** A policy as lists give it: without description and tags. */
export function summarizePolicy(context: IamContext, policy: PolicyRecord) {
  const { attachments, boundaries } = usesOf(context, policy.arn);
  return {
    PolicyName: policy.name, PolicyId: policy.id, Arn: policy.arn, Path: policy.path, DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments, PermissionsBoundaryUsageCount: boundaries, IsAttachable: true,
    CreateDate: toDate(policy.created), UpdateDate: toDate(policy.updated),
  } satisfies Policy;
}

export const describePolicy = (context: IamContext, policy: PolicyRecord) => ({
  ...summarizePolicy(context, policy),
  ...(policy.description === undefined ? {} : { Description: policy.description }),
  ...(Object.keys(policy.tags).length > 0 ? { Tags: listTags(policy.tags) } : {}),
}) satisfies Policy;

export const describeVersion = ({ defaultVersionId }: PolicyRecord, { id, created }: PolicyVersion) =>
  ({ VersionId: id, IsDefaultVersion: id === defaultVersionId, CreateDate: toDate(created) });
