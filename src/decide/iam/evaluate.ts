import { cutArn, type CutArn } from "./arn-pattern.ts";
import type { CompiledPolicy, CompiledStatement } from "./compile.ts";
import type { ConditionContext } from "./context.ts";
import { stronger, type Caller, type Naming } from "./principals.ts";

export interface AccessQuestion {
  readonly caller: Caller;
  readonly action: string;
  /** A full ARN, or `*`. */
  readonly resource: string;
  readonly resourceAccount: string;
  readonly context: ConditionContext;
}

export interface NamedPolicy {
  /** For people who look for the statement that decided: an ARN or an inline policy's name. */
  readonly name: string;
  readonly policy: CompiledPolicy;
}

/** Everything that may have a say. An absent boundary, session or resource policy does not; an empty list does. */
export interface PolicySet {
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy | undefined;
  readonly session?: readonly NamedPolicy[] | undefined;
  readonly resource?: NamedPolicy | undefined;
  /** A trust policy must allow; another resource policy may. */
  readonly resourceKind: "resource" | "trust";
}

export type PolicyType = "identity" | "resource" | "trust" | "boundary" | "session";

export interface Decided {
  readonly policy: string;
  readonly statement: string;
}

export type Decision =
  | { readonly decision: "allow"; readonly by: PolicyType | "root"; readonly matched: Decided | undefined }
  | { readonly decision: "deny"; readonly why: "explicit"; readonly type: PolicyType; readonly matched: Decided }
  | { readonly decision: "deny"; readonly why: "nothing-allows"; readonly type: PolicyType; readonly matched: undefined };

interface Asked extends AccessQuestion {
  readonly lowerAction: string;
  readonly cutResource: CutArn;
}

/**
 * Decides as AWS does: an explicit deny anywhere; then what the resource's policy grants by itself; then identity,
 * boundary and session. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * Organizations' policies (SCP, RCP) do not exist here.
 */
export function evaluate(question: AccessQuestion, policies: PolicySet): Decision {
  const asked: Asked = { ...question, lowerAction: question.action.toLowerCase(), cutResource: cutArn(question.resource) };
  return explicitDeny(asked, policies)
    ?? (asked.caller.account === asked.resourceAccount || asked.caller.kind === "service"
      ? withinAccount(asked, policies)
      : acrossAccounts(asked, policies));
}

function explicitDeny(asked: Asked, { identity, boundary, session, resource, resourceKind }: PolicySet): Decision | undefined {
  const deny = (type: PolicyType, from: readonly NamedPolicy[]): Decision | undefined => {
    const matched = firstThatApplies(asked, from, "denies");
    return matched === undefined ? undefined : { decision: "deny", why: "explicit", type, matched };
  };
  return (resource === undefined || rootKeepsControl(asked) ? undefined : deny(resourceKind, [resource]))
    ?? deny("identity", identity)
    ?? (boundary === undefined ? undefined : deny("boundary", [boundary]))
    ?? (session === undefined ? undefined : deny("session", session));
}

/**
 * A bucket's own root can always repair its policy, even one that denies it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
const BUCKET_POLICY_ACTIONS = new Set(["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"]);
const rootKeepsControl = ({ caller, resourceAccount, lowerAction }: Asked): boolean =>
  caller.kind === "root" && caller.account === resourceAccount && BUCKET_POLICY_ACTIONS.has(lowerAction);

function withinAccount(asked: Asked, policies: PolicySet): Decision {
  const { caller } = asked;
  const grant = resourceGrant(asked, policies);
  const ungranted = { decision: "deny", why: "nothing-allows", type: policies.resourceKind, matched: undefined } as const;
  if (caller.kind === "root" && policies.resourceKind === "resource") return { decision: "allow", by: "root", matched: undefined };
  // Neither services nor strangers have policies of their own.
  if (caller.kind === "service" || caller.kind === "anonymous" || caller.kind === "root") {
    return grant.naming === "direct" ? { decision: "allow", by: policies.resourceKind, matched: grant.matched } : ungranted;
  }
  if (grant.naming === "direct") return { decision: "allow", by: policies.resourceKind, matched: grant.matched };
  if (grant.naming === "none" && policies.resourceKind === "trust") return ungranted;
  // A grant to the role stands in for an identity policy; the boundary and the session still limit it.
  if (grant.naming === "role") {
    return limits(asked, policies) ?? { decision: "allow", by: policies.resourceKind, matched: grant.matched };
  }
  return identityGrant(asked, policies);
}

/** Both accounts must say yes: the caller's by its identity policies, the owner's by the resource's. */
function acrossAccounts(asked: Asked, policies: PolicySet): Decision {
  const { caller } = asked;
  const grant = resourceGrant(asked, policies);
  const own: Decision = caller.kind === "root" || caller.kind === "anonymous"
    ? { decision: "allow", by: "root", matched: undefined }
    : identityGrant(asked, policies);
  if (own.decision === "deny") return own;
  return grant.naming === "none"
    ? { decision: "deny", why: "nothing-allows", type: policies.resourceKind, matched: undefined }
    : { decision: "allow", by: policies.resourceKind, matched: grant.matched };
}

function identityGrant(asked: Asked, policies: PolicySet): Decision {
  const matched = firstThatApplies(asked, policies.identity, "allows");
  if (matched === undefined) return { decision: "deny", why: "nothing-allows", type: "identity", matched };
  return limits(asked, policies) ?? { decision: "allow", by: "identity", matched };
}

function limits(asked: Asked, { boundary, session }: PolicySet): Decision | undefined {
  const missing = (type: PolicyType): Decision => ({ decision: "deny", why: "nothing-allows", type, matched: undefined });
  if (boundary !== undefined && firstThatApplies(asked, [boundary], "allows") === undefined) return missing("boundary");
  if (session !== undefined && firstThatApplies(asked, session, "allows") === undefined) return missing("session");
  return undefined;
}

function resourceGrant(asked: Asked, { resource }: PolicySet): { readonly naming: Naming; readonly matched: Decided | undefined } {
  let best: Naming = "none";
  let matched: Decided | undefined;
  for (const statement of resource?.policy.statementsOf(asked.lowerAction).allows ?? []) {
    const naming = statement.names(asked.caller);
    if (naming === "none" || stronger(best, naming) === best || !applies(asked, statement)) continue;
    best = naming;
    matched = { policy: resource?.name ?? "", statement: statement.name };
  }
  return { naming: best, matched };
}

function firstThatApplies(asked: Asked, policies: readonly NamedPolicy[], effect: "allows" | "denies"): Decided | undefined {
  for (const { name, policy } of policies) {
    for (const statement of policy.statementsOf(asked.lowerAction)[effect]) {
      if (statement.names(asked.caller) !== "none" && applies(asked, statement)) return { policy: name, statement: statement.name };
    }
  }
  return undefined;
}

const applies = ({ cutResource, context }: Asked, statement: CompiledStatement): boolean => statement.applies(cutResource, context);
