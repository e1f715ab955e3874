import { operation } from "../context.ts";
import { askInstanceProfile, describeInstanceProfile, requireInstanceProfile } from "./instance-profile.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html */
export const getInstanceProfile = operation("GetInstanceProfile", {
  authorize: (input, context) => askInstanceProfile(context, "GetInstanceProfile", input.InstanceProfileName),
  handle: (input, context) => ({ InstanceProfile: describeInstanceProfile(context, requireInstanceProfile(context, input.InstanceProfileName)) }),
});
