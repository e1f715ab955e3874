import { operation } from "../context.ts";
import {
  ACCESS_KEYS_PER_USER, ATTACHED_POLICIES_MAX, GROUPS_PER_USER, INLINE_POLICIES_CHARACTERS, MANAGED_POLICY_CHARACTERS, POLICY_VERSIONS_MAX, TRUST_POLICY_CHARACTERS,
} from "../limits.ts";

/** Counts and the quotas that are enforced here. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html */
export const getAccountSummary = operation("GetAccountSummary", {
  authorize: () => [{ action: "iam:GetAccountSummary", resource: "*" }],
  handle: (_input, { account, identities, policies, instanceProfiles }) => {
    const prefix = `${account}/`;
    return {
      SummaryMap: {
        Users: identities.user.values({ prefix }).length,
        Roles: identities.role.values({ prefix }).length,
        Groups: identities.group.values({ prefix }).length,
        Policies: policies.values({ prefix }).length,
        InstanceProfiles: instanceProfiles.values({ prefix }).length,
        AccessKeysPerUserQuota: ACCESS_KEYS_PER_USER,
        GroupsPerUserQuota: GROUPS_PER_USER,
        AttachedPoliciesPerUserQuota: ATTACHED_POLICIES_MAX.user,
        AttachedPoliciesPerRoleQuota: ATTACHED_POLICIES_MAX.role,
        AttachedPoliciesPerGroupQuota: ATTACHED_POLICIES_MAX.group,
        UserPolicySizeQuota: INLINE_POLICIES_CHARACTERS.user,
        RolePolicySizeQuota: INLINE_POLICIES_CHARACTERS.role,
        GroupPolicySizeQuota: INLINE_POLICIES_CHARACTERS.group,
        PolicySizeQuota: MANAGED_POLICY_CHARACTERS,
        VersionsPerPolicyQuota: POLICY_VERSIONS_MAX,
        AssumeRolePolicySizeQuota: TRUST_POLICY_CHARACTERS,
        MFADevices: 0, AccountMFAEnabled: 0,
      },
    };
  },
});
