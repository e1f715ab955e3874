import { operation } from "../context.ts";
import { askAbout, updateIdentity } from "../identity.ts";
import { DEFAULT_SESSION_SECONDS } from "../limits.ts";
import type { RoleRecord } from "../records.ts";
import { describeRole } from "./role.ts";
import { requireTrust } from "./trust.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html: what is not given goes back to its default. */
export const updateRole = operation("UpdateRole", {
  authorize: (input, context) => askAbout(context, "UpdateRole", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "role", name: input.RoleName }, (role) => ({
      ...role,
      maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
      ...(input.Description === undefined ? {} : { description: input.Description }),
    }));
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html */
export const updateRoleDescription = operation("UpdateRoleDescription", {
  authorize: (input, context) => askAbout(context, "UpdateRoleDescription", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    const change = (role: RoleRecord): RoleRecord => ({ ...role, description: input.Description ?? "" });
    return { Role: describeRole(context, updateIdentity(context, { noun: "role", name: input.RoleName }, change)) };
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export const updateAssumeRolePolicy = operation("UpdateAssumeRolePolicy", {
  authorize: (input, context) => askAbout(context, "UpdateAssumeRolePolicy", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "role", name: input.RoleName }, (role) => ({ ...role, ...requireTrust(context, context.account, input.PolicyDocument) }));
    return {};
  },
});
