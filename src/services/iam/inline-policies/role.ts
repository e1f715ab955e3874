import { operation } from "../context.ts";
import { askAbout } from "../identity.ts";
import { deleteInline, getInline, listInline, putInline } from "./inline-policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export const putRolePolicy = operation("PutRolePolicy", {
  authorize: (input, context) => askAbout(context, "PutRolePolicy", { noun: "role", name: input.RoleName }),
  handle: (input, context) =>
    putInline(context, { noun: "role", name: input.RoleName, policyName: input.PolicyName }, input.PolicyDocument),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
export const getRolePolicy = operation("GetRolePolicy", {
  authorize: (input, context) => askAbout(context, "GetRolePolicy", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    const { owner, policyName, document } = getInline(context, { noun: "role", name: input.RoleName, policyName: input.PolicyName });
    return { RoleName: owner, PolicyName: policyName, PolicyDocument: document };
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
export const listRolePolicies = operation("ListRolePolicies", {
  authorize: (input, context) => askAbout(context, "ListRolePolicies", { noun: "role", name: input.RoleName }),
  handle: (input, context) => listInline(context, { noun: "role", name: input.RoleName }, input),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html */
export const deleteRolePolicy = operation("DeleteRolePolicy", {
  authorize: (input, context) => askAbout(context, "DeleteRolePolicy", { noun: "role", name: input.RoleName }),
  handle: (input, context) => deleteInline(context, { noun: "role", name: input.RoleName, policyName: input.PolicyName }),
});
