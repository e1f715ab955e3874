import { operation } from "../context.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { attachPolicy, detachPolicy, listAttached } from "./attachment.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html */
export const attachGroupPolicy = operation("AttachGroupPolicy", {
  authorize: (input, context) =>
    askAbout(context, "AttachGroupPolicy", { noun: "group", name: input.GroupName, conditions: { "iam:PolicyARN": input.PolicyArn ?? "" } }),
  handle: (input, context) => attachPolicy(context, { noun: "group", name: input.GroupName, arn: input.PolicyArn }),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html */
export const detachGroupPolicy = operation("DetachGroupPolicy", {
  authorize: (input, context) =>
    askAbout(context, "DetachGroupPolicy", { noun: "group", name: input.GroupName, conditions: { "iam:PolicyARN": input.PolicyArn ?? "" } }),
  handle: (input, context) => detachPolicy(context, { noun: "group", name: input.GroupName, arn: input.PolicyArn }),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedGroupPolicies.html */
export const listAttachedGroupPolicies = operation("ListAttachedGroupPolicies", {
  authorize: (input, context) => askAbout(context, "ListAttachedGroupPolicies", { noun: "group", name: input.GroupName }),
  handle: (input, context) => listAttached(context, requireIdentity(context, "group", input.GroupName), input),
});
