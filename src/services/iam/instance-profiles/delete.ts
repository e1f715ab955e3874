import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askInstanceProfile, requireInstanceProfile } from "./instance-profile.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html */
export const deleteInstanceProfile = operation("DeleteInstanceProfile", {
  authorize: (input, context) => askInstanceProfile(context, "DeleteInstanceProfile", input.InstanceProfileName),
  handle: (input, context) => {
    const profile = requireInstanceProfile(context, input.InstanceProfileName);
    if (profile.roles.length > 0) throw errors.mustLeaveInstanceProfiles();
    context.instanceProfiles.delete(keyOf(context.account, profile.name));
    return {};
  },
});
