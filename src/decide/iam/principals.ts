import type { PrincipalElement } from "./document.ts";

/** Who asks, in the forms that a policy's Principal may name. */
export type Caller =
  | { readonly kind: "root"; readonly account: string; readonly arn: string }
  | { readonly kind: "user"; readonly account: string; readonly arn: string; readonly uniqueId: string }
  | { readonly kind: "role-session"; readonly account: string; readonly arn: string; readonly roleArn: string; readonly uniqueId: string }
  | { readonly kind: "service"; readonly account: string; readonly arn: string; readonly service: string }
  | { readonly kind: "anonymous"; readonly account: string; readonly arn: string };

/**
 * How a statement names the caller: itself (or everybody), the role behind its session, its whole account, or not at
 * all. It matters for what else must allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export type Naming = "direct" | "role" | "account" | "none";

const STRENGTH: Readonly<Record<Naming, number>> = { direct: 3, role: 2, account: 1, none: 0 };
export const stronger = (one: Naming, other: Naming): Naming => (STRENGTH[one] >= STRENGTH[other] ? one : other);

const ACCOUNT = /^(?:arn:[^:]*:iam::)?(\d{12})(?::root)?$/;

export function compilePrincipal(element: PrincipalElement): (caller: Caller) => Naming {
  if (element === "*") return () => "direct";
  const names = new Map(Object.entries(element).map(([kind, list]) => [kind.toLowerCase(), list]));
  const aws = names.get("aws") ?? [];
  if (aws.includes("*")) return () => "direct";
  const exact = new Set(aws);
  const accounts = new Set(aws.map((name) => ACCOUNT.exec(name)?.[1]).filter((account) => account !== undefined));
  const services = new Set(names.get("service") ?? []);
  return (caller) => {
    switch (caller.kind) {
      case "service":
        return services.has(caller.service) ? "direct" : "none";
      case "anonymous":
        return "none";
      case "root":
        return accounts.has(caller.account) ? "account" : "none";
      case "user":
        if (exact.has(caller.arn) || exact.has(caller.uniqueId)) return "direct";
        return accounts.has(caller.account) ? "account" : "none";
      case "role-session":
        if (exact.has(caller.arn)) return "direct";
        if (exact.has(caller.roleArn) || exact.has(caller.uniqueId)) return "role";
        return accounts.has(caller.account) ? "account" : "none";
    }
  };
}

/**
 * Everybody but those named. A user is excepted from a Deny only when its account is named beside it, a role's session
 * only when its role and account are too; of an Allow any of these names deprives it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function compileNotPrincipal(element: PrincipalElement, effect: "Allow" | "Deny"): (caller: Caller) => Naming {
  if (element === "*") return () => "none";
  const aws = Object.entries(element).find(([kind]) => kind.toLowerCase() === "aws")?.[1] ?? [];
  if (aws.includes("*")) return () => "none";
  const services = new Set(Object.entries(element).find(([kind]) => kind.toLowerCase() === "service")?.[1]);
  const exact = new Set(aws);
  const accounts = new Set(aws.map((name) => ACCOUNT.exec(name)?.[1]).filter((account) => account !== undefined));
  const namings = (caller: Caller): readonly boolean[] => {
    switch (caller.kind) {
      case "service": return [services.has(caller.service)];
      case "anonymous": return [false];
      case "root": return [accounts.has(caller.account)];
      case "user": return [accounts.has(caller.account), exact.has(caller.arn) || exact.has(caller.uniqueId)];
      case "role-session":
        return [accounts.has(caller.account), exact.has(caller.arn), exact.has(caller.roleArn) || exact.has(caller.uniqueId)];
    }
  };
  return (caller) => {
    const named = namings(caller);
    return (effect === "Deny" ? named.every(Boolean) : named.some(Boolean)) ? "none" : "direct";
  };
}
