import { passRole as passRoleTo, type AccessRequest } from "../../../wire/access.ts";
import type { LambdaContext } from "../context.ts";
import { policyDocument } from "../permission/policy.ts";
import { functionKey } from "./function.ts";
import { parseFunctionName } from "./name.ts";

/** A function as a request names it. */
interface Named {
  readonly name: string | undefined;
  readonly qualifier?: string | undefined;
}

/** The question to IAM about a function, with its own policy, tags and account; it need not exist. */
export function functionAccess(action: string, { name, qualifier }: Named, context: LambdaContext, conditions?: AccessRequest["conditions"]): AccessRequest {
  const named = parseFunctionName(name, context, qualifier);
  const fn = context.functions.get(functionKey(named));
  return {
    action, resource: named.qualifiedArn, resourceAccount: named.account,
    resourcePolicy: policyDocument(fn?.policy ?? []),
    ...(fn === undefined ? {} : { resourceTags: fn.tags }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** `aws:RequestTag/…` and `aws:TagKeys` of the tags that a request gives. */
export const requestTags = (tags: Readonly<Record<string, string>> | undefined): NonNullable<AccessRequest["conditions"]> => ({
  ...Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  ...(tags === undefined ? {} : { "aws:TagKeys": Object.keys(tags) }),
});

/** May the caller hand this role to Lambda? https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
export const passRole = (role: string): AccessRequest => passRoleTo(role, "lambda.amazonaws.com");
