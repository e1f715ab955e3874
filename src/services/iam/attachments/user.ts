import { operation } from "../context.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { attachPolicy, detachPolicy, listAttached } from "./attachment.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html */
export const attachUserPolicy = operation("AttachUserPolicy", {
  authorize: (input, context) =>
    askAbout(context, "AttachUserPolicy", { noun: "user", name: input.UserName, conditions: { "iam:PolicyARN": input.PolicyArn ?? "" } }),
  handle: (input, context) => attachPolicy(context, { noun: "user", name: input.UserName, arn: input.PolicyArn }),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html */
export const detachUserPolicy = operation("DetachUserPolicy", {
  authorize: (input, context) =>
    askAbout(context, "DetachUserPolicy", { noun: "user", name: input.UserName, conditions: { "iam:PolicyARN": input.PolicyArn ?? "" } }),
  handle: (input, context) => detachPolicy(context, { noun: "user", name: input.UserName, arn: input.PolicyArn }),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html */
export const listAttachedUserPolicies = operation("ListAttachedUserPolicies", {
  authorize: (input, context) => askAbout(context, "ListAttachedUserPolicies", { noun: "user", name: input.UserName }),
  handle: (input, context) => listAttached(context, requireIdentity(context, "user", input.UserName), input),
});
