import { operation } from "../context.ts";
import { askArn, iamArn } from "../identity.ts";
import { page } from "../paging.ts";
import { summarizeRole } from "./role.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export const listRoles = operation("ListRoles", {
  authorize: ({ PathPrefix = "/" }, { account }) => askArn("ListRoles", iamArn(account, `role${PathPrefix}`)),
  handle: (input, context) => {
    const roles = context.identities.role.values({ prefix: `${context.account}/` }).filter(({ path }) => path.startsWith(input.PathPrefix ?? "/"));
    const { items, paging } = page(roles, input, ({ name }) => name);
    return { Roles: items.map((role) => summarizeRole(context, role)), ...paging };
  },
});
