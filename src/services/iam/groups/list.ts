import { operation } from "../context.ts";
import { askAbout, askArn, iamArn, requireIdentity } from "../identity.ts";
import { page } from "../paging.ts";
import { describeGroup } from "./group.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html */
export const listGroups = operation("ListGroups", {
  authorize: ({ PathPrefix = "/" }, { account }) => askArn("ListGroups", iamArn(account, `group${PathPrefix}`)),
  handle: (input, { account, identities }) => {
    const groups = identities.group.values({ prefix: `${account}/` }).filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = page(groups, input, ({ name }) => name);
    return { Groups: items.map(describeGroup), ...paging };
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html */
export const listGroupsForUser = operation("ListGroupsForUser", {
  authorize: (input, context) => askAbout(context, "ListGroupsForUser", { noun: "user", name: input.UserName }),
  handle: (input, context) => {
    const user = requireIdentity(context, "user", input.UserName);
    const { items, paging } = page(user.groups.map((name) => requireIdentity(context, "group", name)), input, ({ name }) => name);
    return { Groups: items.map(describeGroup), ...paging };
  },
});
