import type { IamContext, Noun } from "../context.ts";
import { errors } from "../errors.ts";
import { requireIdentity, updateIdentity } from "../identity.ts";
import { ATTACHED_POLICIES_MAX } from "../limits.ts";
import { page } from "../paging.ts";
import { findPolicy } from "../policies/policy.ts";
import type { IdentityRecord } from "../records.ts";

const QUOTAS = { user: "PoliciesPerUser", role: "PoliciesPerRole", group: "PoliciesPerGroup" } as const;

interface Attachment {
  readonly noun: Noun;
  readonly name: string | undefined;
  readonly arn: string | undefined;
}

/** Attaching twice is no error. Throws NoSuchEntity and LimitExceeded. */
export function attachPolicy(context: IamContext, { noun, name, arn = "" }: Attachment): Record<string, never> {
  requireIdentity(context, noun, name);
  if (findPolicy(context, arn) === undefined) throw errors.noSuchPolicyToAttach(arn);
  updateIdentity(context, { noun, name }, (record) => {
    if (record.attachedPolicies.includes(arn)) return record;
    if (record.attachedPolicies.length >= ATTACHED_POLICIES_MAX[noun]) throw errors.quotaExceeded(QUOTAS[noun], ATTACHED_POLICIES_MAX[noun]);
    return { ...record, attachedPolicies: [...record.attachedPolicies, arn] };
  });
  return {};
}

/** Throws NoSuchEntity when the policy is not attached. */
export function detachPolicy(context: IamContext, { noun, name, arn = "" }: Attachment): Record<string, never> {
  updateIdentity(context, { noun, name }, (record) => {
    if (!record.attachedPolicies.includes(arn)) throw errors.noSuchPolicy(arn);
    return { ...record, attachedPolicies: record.attachedPolicies.filter((attached) => attached !== arn) };
  });
  return {};
}

export function listAttached(
  context: IamContext,
  record: IdentityRecord,
  input: { readonly PathPrefix?: string | undefined; readonly Marker?: string | undefined; readonly MaxItems?: number | undefined },
) {
  const policies = record.attachedPolicies
    .map((arn) => findPolicy(context, arn))
    .filter((policy) => policy !== undefined && policy.path.startsWith(input.PathPrefix ?? "/"))
    .map((policy) => ({ PolicyName: policy?.name ?? "", PolicyArn: policy?.arn ?? "" }));
  const { items, paging } = page(policies, input, ({ PolicyName }) => PolicyName);
  return { AttachedPolicies: items, ...paging };
}
