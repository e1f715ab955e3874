import { operation } from "../context.ts";
import { askAbout, askArn, iamArn, requireIdentity } from "../identity.ts";
import { page } from "../paging.ts";
import { describeInstanceProfile } from "./instance-profile.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
export const listInstanceProfiles = operation("ListInstanceProfiles", {
  authorize: ({ PathPrefix = "/" }, { account }) => askArn("ListInstanceProfiles", iamArn(account, `instance-profile${PathPrefix}`)),
  handle: (input, context) => {
    const profiles = context.instanceProfiles.values({ prefix: `${context.account}/` }).filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = page(profiles, input, ({ name }) => name);
    return { InstanceProfiles: items.map((profile) => describeInstanceProfile(context, profile)), ...paging };
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html */
export const listInstanceProfilesForRole = operation("ListInstanceProfilesForRole", {
  authorize: (input, context) => askAbout(context, "ListInstanceProfilesForRole", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    const role = requireIdentity(context, "role", input.RoleName);
    const profiles = context.instanceProfiles.values({ prefix: `${context.account}/` }).filter(({ roles }) => roles.includes(role.name));
    const { items, paging } = page(profiles, input, ({ name }) => name);
    return { InstanceProfiles: items.map((profile) => describeInstanceProfile(context, profile)), ...paging };
  },
});
