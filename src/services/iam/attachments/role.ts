import { operation } from "../context.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { attachPolicy, detachPolicy, listAttached } from "./attachment.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
export const attachRolePolicy = operation("AttachRolePolicy", {
  authorize: (input, context) =>
    askAbout(context, "AttachRolePolicy", { noun: "role", name: input.RoleName, conditions: { "iam:PolicyARN": input.PolicyArn ?? "" } }),
  handle: (input, context) => attachPolicy(context, { noun: "role", name: input.RoleName, arn: input.PolicyArn }),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html */
export const detachRolePolicy = operation("DetachRolePolicy", {
  authorize: (input, context) =>
    askAbout(context, "DetachRolePolicy", { noun: "role", name: input.RoleName, conditions: { "iam:PolicyARN": input.PolicyArn ?? "" } }),
  handle: (input, context) => detachPolicy(context, { noun: "role", name: input.RoleName, arn: input.PolicyArn }),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedRolePolicies.html */
export const listAttachedRolePolicies = operation("ListAttachedRolePolicies", {
  authorize: (input, context) => askAbout(context, "ListAttachedRolePolicies", { noun: "role", name: input.RoleName }),
  handle: (input, context) => listAttached(context, requireIdentity(context, "role", input.RoleName), input),
});
