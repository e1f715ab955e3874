import { passRole } from "../../../wire/access.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireIdentity } from "../identity.ts";
import { INSTANCE_PROFILE_ROLES_MAX } from "../limits.ts";
import { askInstanceProfile, requireInstanceProfile, storeInstanceProfile } from "./instance-profile.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html: needs iam:PassRole too. */
export const addRoleToInstanceProfile = operation("AddRoleToInstanceProfile", {
  authorize: (input, context) => {
    const role = context.identities.role.get(`${context.account}/${(input.RoleName ?? "").toLowerCase()}`);
    return [
      ...askInstanceProfile(context, "AddRoleToInstanceProfile", input.InstanceProfileName),
      ...(role === undefined ? [] : [passRole(role.arn, "ec2.amazonaws.com")]),
    ];
  },
  handle: (input, context) => {
    const profile = requireInstanceProfile(context, input.InstanceProfileName);
    const role = requireIdentity(context, "role", input.RoleName);
    if (profile.roles.length >= INSTANCE_PROFILE_ROLES_MAX) throw errors.quotaExceeded("InstanceSessionsPerInstanceProfile", INSTANCE_PROFILE_ROLES_MAX);
    storeInstanceProfile(context, { ...profile, roles: [...profile.roles, role.name] });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html */
export const removeRoleFromInstanceProfile = operation("RemoveRoleFromInstanceProfile", {
  authorize: (input, context) => askInstanceProfile(context, "RemoveRoleFromInstanceProfile", input.InstanceProfileName),
  handle: (input, context) => {
    const profile = requireInstanceProfile(context, input.InstanceProfileName);
    const role = requireIdentity(context, "role", input.RoleName);
    if (!profile.roles.includes(role.name)) throw errors.roleNotInProfile(role.name, profile.name);
    storeInstanceProfile(context, { ...profile, roles: profile.roles.filter((name) => name !== role.name) });
    return {};
  },
});
