import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askAbout, requireIdentity, updateIdentity } from "../identity.ts";
import { GROUPS_PER_USER } from "../limits.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html; a member already is no error. */
export const addUserToGroup = operation("AddUserToGroup", {
  authorize: (input, context) => askAbout(context, "AddUserToGroup", { noun: "group", name: input.GroupName }),
  handle: (input, context) => {
    const group = requireIdentity(context, "group", input.GroupName);
    updateIdentity(context, { noun: "user", name: input.UserName }, (user) => {
      if (user.groups.includes(group.name)) return user;
      if (user.groups.length >= GROUPS_PER_USER) throw errors.quotaExceeded("GroupsPerUser", GROUPS_PER_USER);
      return { ...user, groups: [...user.groups, group.name] };
    });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html */
export const removeUserFromGroup = operation("RemoveUserFromGroup", {
  authorize: (input, context) => askAbout(context, "RemoveUserFromGroup", { noun: "group", name: input.GroupName }),
  handle: (input, context) => {
    const group = requireIdentity(context, "group", input.GroupName);
    updateIdentity(context, { noun: "user", name: input.UserName }, (user) => {
      if (!user.groups.includes(group.name)) throw errors.userNotInGroup(user.name, group.name);
      return { ...user, groups: user.groups.filter((name) => name !== group.name) };
    });
    return {};
  },
});
