import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askAbout, requireIdentity } from "../identity.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html: everything the user has must go before it. */
export const deleteUser = operation("DeleteUser", {
  authorize: (input, context) => askAbout(context, "DeleteUser", { noun: "user", name: input.UserName }),
  handle: (input, context) => {
    const user = requireIdentity(context, "user", input.UserName);
    if (user.accessKeyIds.length > 0) throw errors.mustDeleteAccessKeys();
    if (user.attachedPolicies.length > 0) throw errors.mustDetachPolicies();
    if (Object.keys(user.inlinePolicies).length > 0) throw errors.mustDeletePolicies();
    if (user.groups.length > 0) throw errors.mustLeaveGroups();
    context.identities.user.delete(keyOf(context.account, user.name));
    return {};
  },
});
