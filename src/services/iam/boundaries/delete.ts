import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askAbout, updateIdentity } from "../identity.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePermissionsBoundary.html */
export const deleteRolePermissionsBoundary = operation("DeleteRolePermissionsBoundary", {
  authorize: (input, context) => askAbout(context, "DeleteRolePermissionsBoundary", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "role", name: input.RoleName }, ({ boundary, ...role }) => {
      if (boundary === undefined) throw errors.noBoundarySet("role", role.name);
      return role;
    });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPermissionsBoundary.html */
export const deleteUserPermissionsBoundary = operation("DeleteUserPermissionsBoundary", {
  authorize: (input, context) => askAbout(context, "DeleteUserPermissionsBoundary", { noun: "user", name: input.UserName }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "user", name: input.UserName }, ({ boundary, ...user }) => {
      if (boundary === undefined) throw errors.noBoundarySet("user", user.name);
      return user;
    });
    return {};
  },
});
