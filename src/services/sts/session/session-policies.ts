import type { AssumeRoleRequest } from "@aws-sdk/client-sts";
import { checkPolicyDocument } from "../../../decide/iam/index.ts";
import { errors } from "../errors.ts";
import { SESSION_POLICY_MAX_CHARACTERS } from "../limits.ts";
import type { RoleDirectory } from "../ports.ts";

export interface SessionPolicies {
  readonly documents: readonly string[];
  readonly packedPercent: number;
}

/** The inline policy and the managed ones that narrow a session, as JSON documents. Throws AWS's refusals of them. */
export function sessionPolicies(
  input: AssumeRoleRequest,
  { account, roles }: { readonly account: string; readonly roles: RoleDirectory },
): SessionPolicies {
  const complaint = input.Policy === undefined ? undefined : checkPolicyDocument(input.Policy, "session");
  if (complaint !== undefined) throw errors.malformedPolicy(complaint);
  const inline = input.Policy === undefined ? [] : [input.Policy];
  const managed = (input.PolicyArns ?? []).map(({ arn = "" }) => {
    const document = roles.managedPolicy(arn, account);
    if (document === undefined) throw errors.noSuchPolicy(arn);
    return document;
  });
  const characters = [...inline, ...(input.PolicyArns ?? []).map(({ arn = "" }) => arn)].join("").length;
  return {
    documents: [...inline, ...managed],
    packedPercent: Math.ceil((characters / SESSION_POLICY_MAX_CHARACTERS) * 100),
  };
}
