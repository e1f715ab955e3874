import type { EvaluationResult, SimulatePrincipalPolicyRequest } from "@aws-sdk/client-iam";
import { compilePolicy, evaluate, type Caller, type ConditionContext, type Decision, type NamedPolicy, type PolicySet } from "../../../decide/iam/index.ts";
import { operation, type IamContext } from "../context.ts";
import { createDirectory, type IdentityPolicies } from "../directory.ts";
import { requireDocument } from "../documents.ts";
import { errors } from "../errors.ts";
import { page } from "../paging.ts";

const SOURCE = /^arn:aws:iam::(\d{12}):(user|role|group)\/(?:.*\/)?([^/]+)$/;

/**
 * What a user or role may do by its policies, decided by the evaluator that decides requests. Deviates from AWS: condition keys are those of ContextEntries alone.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export const simulatePrincipalPolicy = operation("SimulatePrincipalPolicy", {
  authorize: ({ PolicySourceArn = "" }) => {
    if (!SOURCE.test(PolicySourceArn)) throw errors.invalidArn(PolicySourceArn);
    return [{ action: "iam:SimulatePrincipalPolicy", resource: PolicySourceArn }];
  },
  handle: (input, context) => {
    const request = input as SimulatePrincipalPolicyRequest;
    refuseUnsupported(request);
    const { caller, found } = requireSource(context, request.PolicySourceArn ?? "");
    const given = (list: readonly string[] | undefined, name: string): readonly NamedPolicy[] =>
      (list ?? []).map((document, place) => ({ name: `${name}.${place + 1}`, policy: compilePolicy(requireDocument(document, "managed")) }));
    // A boundary that is given stands in place of the source's own.
    const boundary = given(request.PermissionsBoundaryPolicyInputList, "PermissionsBoundaryPolicyInputList")[0]
      ?? (found.boundary && { name: found.boundary.name, policy: compilePolicy(found.boundary.document) });
    const policies: PolicySet = {
      identity: [...found.policies.map(({ name, document }) => ({ name, policy: compilePolicy(document) })), ...given(request.PolicyInputList, "PolicyInputList")],
      boundary, resourceKind: "resource",
    };
    const questions = (request.ActionNames ?? []).flatMap((action) => (request.ResourceArns ?? ["*"]).map((resource) => ({ action, resource })));
    const numbered = questions.map((question, place) => ({ ...question, key: String(place).padStart(9, "0") }));
    const { items, paging } = page(numbered, request, ({ key }) => key);
    return { EvaluationResults: items.map((question) => simulate({ ...question, caller, policies, request })), ...paging };
  },
});

interface Simulated {
  readonly action: string;
  readonly resource: string;
  readonly caller: Caller;
  readonly policies: PolicySet;
  readonly request: SimulatePrincipalPolicyRequest;
}

function simulate({ action, resource, caller, policies, request }: Simulated): EvaluationResult {
  const missing = new Set<string>();
  const decide = (set: PolicySet): Decision => evaluate({ caller, action, resource, resourceAccount: caller.account, context: contextOfEntries(request, missing) }, set);
  const decision = decide(policies);
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: decision.decision === "allow" ? "allowed" : decision.why === "explicit" ? "explicitDeny" : "implicitDeny",
    MatchedStatements: decision.matched === undefined ? [] : [{ SourcePolicyId: decision.matched.policy.replace(/^arn:.*\//, "") }],
    MissingContextValues: [...missing],
    ...(policies.boundary && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: decide({ identity: [policies.boundary], resourceKind: "resource" }).decision === "allow" } }),
  };
}

/** The keys of the request's ContextEntries; those that a policy asks for beside them are noted. */
function contextOfEntries({ ContextEntries = [] }: SimulatePrincipalPolicyRequest, missing: Set<string>): ConditionContext {
  const given = new Map(ContextEntries.map(({ ContextKeyName = "", ContextKeyValues = [], ContextKeyType = "string" }) =>
    [ContextKeyName.toLowerCase(), ContextKeyType.endsWith("List") ? ContextKeyValues : ContextKeyValues[0]]));
  return {
    get(key) {
      const value = given.get(key);
      if (value === undefined) missing.add(key);
      return value;
    },
  };
}

function requireSource(context: IamContext, arn: string): { readonly caller: Caller; readonly found: IdentityPolicies } {
  const [, account = "", kind, name = ""] = SOURCE.exec(arn) ?? [];
  if (kind === "group") throw errors.unsupportedParameter("PolicySourceArn of a group");
  const directory = createDirectory(context);
  if (kind === "user" && account === context.account) {
    const user = directory.findUser(arn);
    const found = user && directory.policiesOfUser(arn, user.userId);
    if (found !== undefined) return { caller: { kind: "user", account, arn, uniqueId: user?.userId ?? "" }, found };
  }
  if (kind === "role" && account === context.account) {
    const role = directory.findRole(arn);
    const found = role && directory.policiesOfRole(arn, role.roleId);
    if (found !== undefined) return { caller: { kind: "role-session", account, arn, roleArn: arn, uniqueId: role?.roleId ?? "" }, found };
  }
  throw errors.noSuchIdentity(kind === "user" ? "user" : "role", name);
}

/** What would need a resource's side. */
function refuseUnsupported({ ResourcePolicy, ResourceOwner, CallerArn, ResourceHandlingOption }: SimulatePrincipalPolicyRequest): void {
  for (const [name, value] of Object.entries({ ResourcePolicy, ResourceOwner, CallerArn, ResourceHandlingOption })) {
    if (value !== undefined) throw errors.unsupportedParameter(name);
  }
}
