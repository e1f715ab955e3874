import { operation } from "../context.ts";
import type { IdentityRecord } from "../records.ts";
import { page } from "../paging.ts";
import { askPolicy, requirePolicy } from "./policy.ts";

/** Who has a policy. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html */
export const listEntitiesForPolicy = operation("ListEntitiesForPolicy", {
  authorize: (input, context) => askPolicy(context, "ListEntitiesForPolicy", input.PolicyArn),
  handle: (input, { account, identities, policies }) => {
    const { arn } = requirePolicy({ policies }, input.PolicyArn);
    const { EntityFilter, PathPrefix = "/", PolicyUsageFilter = "PermissionsPolicy" } = input;
    const has = ({ attachedPolicies, boundary }: IdentityRecord & { readonly boundary?: string }): boolean =>
      (PolicyUsageFilter === "PermissionsBoundary" ? boundary === arn : attachedPolicies.includes(arn));
    const entitiesOf = (noun: "user" | "role" | "group", filter: string) =>
      (EntityFilter === undefined || EntityFilter === filter
        ? identities[noun].values({ prefix: `${account}/` }).filter((record) => record.path.startsWith(PathPrefix) && has(record)).map(({ name, id }) => ({ noun, name, id }))
        : []);
    const all = [...entitiesOf("group", "Group"), ...entitiesOf("role", "Role"), ...entitiesOf("user", "User")];
    const { items, paging } = page(all, input, ({ noun, name }) => `${noun}/${name}`);
    return {
      PolicyGroups: items.filter(({ noun }) => noun === "group").map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyRoles: items.filter(({ noun }) => noun === "role").map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      PolicyUsers: items.filter(({ noun }) => noun === "user").map(({ name, id }) => ({ UserName: name, UserId: id })),
      ...paging,
    };
  },
});
