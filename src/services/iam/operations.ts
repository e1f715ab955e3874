import type { Operation } from "../../wire/service.ts";
import { createAccessKey } from "./access-keys/create.ts";
import { deleteAccessKey } from "./access-keys/delete.ts";
import { listAccessKeys } from "./access-keys/list.ts";
import { updateAccessKey } from "./access-keys/update.ts";
import { getAccountSummary } from "./account/get-summary.ts";
import * as groupAttachments from "./attachments/group.ts";
import * as roleAttachments from "./attachments/role.ts";
import * as userAttachments from "./attachments/user.ts";
import * as boundaryRemovals from "./boundaries/delete.ts";
import * as boundaries from "./boundaries/put.ts";
import { createGroup } from "./groups/create.ts";
import { deleteGroup } from "./groups/delete.ts";
import { getGroup } from "./groups/get.ts";
import { listGroups, listGroupsForUser } from "./groups/list.ts";
import { addUserToGroup, removeUserFromGroup } from "./groups/members.ts";
import * as groupPolicies from "./inline-policies/group.ts";
import * as rolePolicies from "./inline-policies/role.ts";
import * as userPolicies from "./inline-policies/user.ts";
import { createInstanceProfile } from "./instance-profiles/create.ts";
import { deleteInstanceProfile } from "./instance-profiles/delete.ts";
import { getInstanceProfile } from "./instance-profiles/get.ts";
import { listInstanceProfiles, listInstanceProfilesForRole } from "./instance-profiles/list.ts";
import { addRoleToInstanceProfile, removeRoleFromInstanceProfile } from "./instance-profiles/roles.ts";
import { createPolicy } from "./policies/create.ts";
import { deletePolicy } from "./policies/delete.ts";
import { listEntitiesForPolicy } from "./policies/entities.ts";
import { getPolicy, getPolicyVersion, listPolicyVersions } from "./policies/get.ts";
import { listPolicies } from "./policies/list.ts";
import { createPolicyVersion, deletePolicyVersion, setDefaultPolicyVersion } from "./policies/versions.ts";
import { createRole } from "./roles/create.ts";
import { deleteRole } from "./roles/delete.ts";
import { getRole } from "./roles/get.ts";
import { listRoles } from "./roles/list.ts";
import { updateAssumeRolePolicy, updateRole, updateRoleDescription } from "./roles/update.ts";
import { simulatePrincipalPolicy } from "./simulation/simulate-principal.ts";
import * as instanceProfileTags from "./tags/instance-profile.ts";
import * as policyTags from "./tags/policy.ts";
import * as roleTags from "./tags/role.ts";
import * as userTags from "./tags/user.ts";
import { createUser } from "./users/create.ts";
import { deleteUser } from "./users/delete.ts";
import { getUser } from "./users/get.ts";
import { listUsers } from "./users/list.ts";
import { updateUser } from "./users/update.ts";
import type { IamState } from "./context.ts";

/** Loaded with the first request: nobody has asked for anything at the start. */
export const iamOperations: readonly Operation<IamState>[] = [
  createUser, getUser, listUsers, updateUser, deleteUser,
  createAccessKey, listAccessKeys, updateAccessKey, deleteAccessKey,
  createRole, getRole, listRoles, updateRole, updateRoleDescription, updateAssumeRolePolicy, deleteRole,
  createGroup, getGroup, listGroups, listGroupsForUser, addUserToGroup, removeUserFromGroup, deleteGroup,
  createPolicy, getPolicy, listPolicies, deletePolicy, listEntitiesForPolicy,
  createPolicyVersion, getPolicyVersion, listPolicyVersions, setDefaultPolicyVersion, deletePolicyVersion,
  createInstanceProfile, getInstanceProfile, listInstanceProfiles, listInstanceProfilesForRole, addRoleToInstanceProfile,
  removeRoleFromInstanceProfile, deleteInstanceProfile,
  ...[
    groupAttachments, roleAttachments, userAttachments, groupPolicies, rolePolicies, userPolicies, boundaries, boundaryRemovals,
    instanceProfileTags, policyTags, roleTags, userTags,
  ].flatMap((module) => Object.values(module)),
  getAccountSummary, simulatePrincipalPolicy,
];
