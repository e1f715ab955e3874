import { operation } from "../context.ts";
import { askAbout } from "../identity.ts";
import { deleteInline, getInline, listInline, putInline } from "./inline-policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html */
export const putUserPolicy = operation("PutUserPolicy", {
  authorize: (input, context) => askAbout(context, "PutUserPolicy", { noun: "user", name: input.UserName }),
  handle: (input, context) =>
    putInline(context, { noun: "user", name: input.UserName, policyName: input.PolicyName }, input.PolicyDocument),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export const getUserPolicy = operation("GetUserPolicy", {
  authorize: (input, context) => askAbout(context, "GetUserPolicy", { noun: "user", name: input.UserName }),
  handle: (input, context) => {
    const { owner, policyName, document } = getInline(context, { noun: "user", name: input.UserName, policyName: input.PolicyName });
    return { UserName: owner, PolicyName: policyName, PolicyDocument: document };
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html */
export const listUserPolicies = operation("ListUserPolicies", {
  authorize: (input, context) => askAbout(context, "ListUserPolicies", { noun: "user", name: input.UserName }),
  handle: (input, context) => listInline(context, { noun: "user", name: input.UserName }, input),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html */
export const deleteUserPolicy = operation("DeleteUserPolicy", {
  authorize: (input, context) => askAbout(context, "DeleteUserPolicy", { noun: "user", name: input.UserName }),
  handle: (input, context) => deleteInline(context, { noun: "user", name: input.UserName, policyName: input.PolicyName }),
});
