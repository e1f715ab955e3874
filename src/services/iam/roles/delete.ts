import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askAbout, requireIdentity } from "../identity.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html: its policies and profiles must go before it. */
export const deleteRole = operation("DeleteRole", {
  authorize: (input, context) => askAbout(context, "DeleteRole", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    const { account, identities, instanceProfiles } = context;
    const role = requireIdentity(context, "role", input.RoleName);
    if (instanceProfiles.values({ prefix: `${account}/` }).some(({ roles }) => roles.includes(role.name))) throw errors.mustLeaveInstanceProfiles();
    if (role.attachedPolicies.length > 0) throw errors.mustDetachPolicies();
    if (Object.keys(role.inlinePolicies).length > 0) throw errors.mustDeletePolicies();
    identities.role.delete(keyOf(account, role.name));
    return {};
  },
});
