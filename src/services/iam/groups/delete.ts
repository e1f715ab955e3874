import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { membersOf } from "./group.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html */
export const deleteGroup = operation("DeleteGroup", {
  authorize: (input, context) => askAbout(context, "DeleteGroup", { noun: "group", name: input.GroupName }),
  handle: (input, context) => {
    const group = requireIdentity(context, "group", input.GroupName);
    if (membersOf(context, group).length > 0) throw errors.mustLeaveGroups();
    if (group.attachedPolicies.length > 0) throw errors.mustDetachPolicies();
    if (Object.keys(group.inlinePolicies).length > 0) throw errors.mustDeletePolicies();
    context.identities.group.delete(keyOf(context.account, group.name));
    return {};
  },
});
