import { AWS_MANAGED_POLICIES } from "../../../catalogue/managed-policies/index.ts";
import { operation } from "../context.ts";
import { askArn, iamArn } from "../identity.ts";
import { page } from "../paging.ts";
import { asRecord } from "./aws-managed.ts";
import { countUses, summarizePolicy } from "./policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html */
export const listPolicies = operation("ListPolicies", {
  authorize: ({ PathPrefix = "/" }, { account }) => askArn("ListPolicies", iamArn(account, `policy${PathPrefix}`)),
  handle: (input, context) => {
    const { account, policies } = context;
    const { Scope = "All", OnlyAttached = false, PathPrefix = "/", PolicyUsageFilter } = input;
    const usesOf = countUses(context);
    const found = [
      ...(Scope === "AWS" ? [] : policies.values({ prefix: `${account}/` })),
      ...(Scope === "Local" ? [] : [...AWS_MANAGED_POLICIES.values()].map(asRecord)),
    ].filter(({ arn, path }) => {
      if (!path.startsWith(PathPrefix)) return false;
      const uses = usesOf(arn);
      if (OnlyAttached && uses.attachments === 0) return false;
      if (PolicyUsageFilter === "PermissionsPolicy") return uses.attachments > 0;
      return PolicyUsageFilter === "PermissionsBoundary" ? uses.boundaries > 0 : true;
    });
    const { items, paging } = page(found, input, ({ arn }) => arn);
    return { Policies: items.map((policy) => summarizePolicy(policy, usesOf(policy.arn))), ...paging };
  },
});
