import { operation } from "../context.ts";
import { askAbout } from "../identity.ts";
import { deleteInline, getInline, listInline, putInline } from "./inline-policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html */
export const putGroupPolicy = operation("PutGroupPolicy", {
  authorize: (input, context) => askAbout(context, "PutGroupPolicy", { noun: "group", name: input.GroupName }),
  handle: (input, context) =>
    putInline(context, { noun: "group", name: input.GroupName, policyName: input.PolicyName }, input.PolicyDocument),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html */
export const getGroupPolicy = operation("GetGroupPolicy", {
  authorize: (input, context) => askAbout(context, "GetGroupPolicy", { noun: "group", name: input.GroupName }),
  handle: (input, context) => {
    const { owner, policyName, document } = getInline(context, { noun: "group", name: input.GroupName, policyName: input.PolicyName });
    return { GroupName: owner, PolicyName: policyName, PolicyDocument: document };
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html */
export const listGroupPolicies = operation("ListGroupPolicies", {
  authorize: (input, context) => askAbout(context, "ListGroupPolicies", { noun: "group", name: input.GroupName }),
  handle: (input, context) => listInline(context, { noun: "group", name: input.GroupName }, input),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html */
export const deleteGroupPolicy = operation("DeleteGroupPolicy", {
  authorize: (input, context) => askAbout(context, "DeleteGroupPolicy", { noun: "group", name: input.GroupName }),
  handle: (input, context) => deleteInline(context, { noun: "group", name: input.GroupName, policyName: input.PolicyName }),
});
