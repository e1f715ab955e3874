import { uniqueId } from "../../../shared/ids.ts";
import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askArn, iamArn } from "../identity.ts";
import { UNIQUE_ID_LENGTH } from "../limits.ts";
import { addTags, tagConditions } from "../tags/tags.ts";
import { describeInstanceProfile } from "./instance-profile.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html */
export const createInstanceProfile = operation("CreateInstanceProfile", {
  authorize: ({ InstanceProfileName = "", Path = "/", Tags }, { account }) =>
    askArn("CreateInstanceProfile", iamArn(account, `instance-profile${Path}${InstanceProfileName}`), tagConditions(Tags)),
  handle: ({ InstanceProfileName: name = "", Path: path = "/", Tags }, context) => {
    const { account, instanceProfiles, clock, random } = context;
    const profile = {
      name, path, id: uniqueId(random, "AIPA", UNIQUE_ID_LENGTH), arn: iamArn(account, `instance-profile${path}${name}`), created: clock.now(),
      roles: [], tags: addTags({}, Tags),
    };
    if (!instanceProfiles.insert(keyOf(account, name), profile)) throw errors.instanceProfileExists(name);
    return { InstanceProfile: describeInstanceProfile(context, profile) };
  },
});
