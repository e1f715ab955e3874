import { operation } from "../context.ts";
import { askArn, iamArn } from "../identity.ts";
import { page } from "../paging.ts";
import { summarizeUser } from "./user.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html */
export const listUsers = operation("ListUsers", {
  authorize: ({ PathPrefix = "/" }, { account }) => askArn("ListUsers", iamArn(account, `user${PathPrefix}`)),
  handle: (input, { account, identities }) => {
    const users = identities.user.values({ prefix: `${account}/` }).filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = page(users, input, ({ name }) => name);
    return { Users: items.map(summarizeUser), ...paging };
  },
});
