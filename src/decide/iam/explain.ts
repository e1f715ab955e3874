import type { AccessQuestion, Decision, PolicyType } from "./evaluate.ts";

const NAMES: Readonly<Record<PolicyType, { readonly explicit: string; readonly none: string }>> = {
  identity: { explicit: "an identity-based policy", none: "identity-based policy" },
  resource: { explicit: "a resource-based policy", none: "resource-based policy" },
  trust: { explicit: "the role trust policy", none: "role trust policy" },
  boundary: { explicit: "a permissions boundary", none: "permissions boundary" },
  session: { explicit: "a session policy", none: "session policy" },
};

/**
 * AWS's sentence about a refusal; undefined when access is allowed. Most services leave out a resource of `*`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function explainDenial(
  { caller, action, resource }: AccessQuestion,
  decision: Decision,
  { nameAnyResource }: { readonly nameAnyResource: boolean } = { nameAnyResource: false },
): string | undefined {
  if (decision.decision === "allow") return undefined;
  const { explicit, none } = NAMES[decision.type];
  const why = decision.why === "explicit" ? `with an explicit deny in ${explicit}` : `because no ${none} allows the ${action} action`;
  const where = resource === "*" && !nameAnyResource ? "" : ` on resource: ${resource}`;
  return `User: ${caller.arn} is not authorized to perform: ${action}${where} ${why}`;
}
