import { operation } from "../context.ts";
import { askAbout, updateIdentity } from "../identity.ts";
import { boundaryConditions, requireBoundary } from "./boundary.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html */
export const putRolePermissionsBoundary = operation("PutRolePermissionsBoundary", {
  authorize: (input, context) =>
    askAbout(context, "PutRolePermissionsBoundary", { noun: "role", name: input.RoleName, conditions: boundaryConditions(input.PermissionsBoundary) }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "role", name: input.RoleName }, (role) => ({ ...role, ...requireBoundary(context, input.PermissionsBoundary) }));
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPermissionsBoundary.html */
export const putUserPermissionsBoundary = operation("PutUserPermissionsBoundary", {
  authorize: (input, context) =>
    askAbout(context, "PutUserPermissionsBoundary", { noun: "user", name: input.UserName, conditions: boundaryConditions(input.PermissionsBoundary) }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "user", name: input.UserName }, (user) => ({ ...user, ...requireBoundary(context, input.PermissionsBoundary) }));
    return {};
  },
});
