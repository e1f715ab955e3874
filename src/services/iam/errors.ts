import { defineErrors } from "../../base/errors.ts";

const NOUNS = { user: "User", role: "Role", group: "Group" } as const;
type Noun = keyof typeof NOUNS;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html; the texts as AWS's clients quote them. */
export const errors = defineErrors({
  noSuchIdentity: { code: "NoSuchEntity", status: 404, message: (noun: Noun, name: string) => `The ${noun} with name ${name} cannot be found.` },
  noSuchInlinePolicy: { code: "NoSuchEntity", status: 404, message: (noun: Noun, name: string) => `The ${noun} policy with name ${name} cannot be found.` },
  noSuchPolicy: { code: "NoSuchEntity", status: 404, message: (arn: string) => `Policy ${arn} was not found.` },
  noSuchPolicyToAttach: { code: "NoSuchEntity", status: 404, message: (arn: string) => `Policy ${arn} does not exist or is not attachable.` },
  noSuchBoundary: { code: "NoSuchEntity", status: 404, message: (arn: string) => `Scope ARN: ${arn} does not exist or is not attachable.` },
  noBoundarySet: { code: "NoSuchEntity", status: 404, message: (noun: Noun, name: string) => `${NOUNS[noun]} ${name} does not have a permissions boundary.` },
  noSuchPolicyVersion: { code: "NoSuchEntity", status: 404, message: (arn: string, version: string) => `Policy ${arn} version ${version} does not exist or is not attachable.` },
  noSuchInstanceProfile: { code: "NoSuchEntity", status: 404, message: (name: string) => `Instance Profile ${name} cannot be found.` },
  roleNotInProfile: { code: "NoSuchEntity", status: 404, message: (role: string, profile: string) => `Cannot remove Role ${role} from Instance Profile ${profile} because it is not there.` },
  noSuchAccessKey: { code: "NoSuchEntity", status: 404, message: (id: string) => `The Access Key with id ${id} cannot be found.` },
  userNotInGroup: { code: "NoSuchEntity", status: 404, message: (user: string, group: string) => `User ${user} is not a member of group ${group}.` },

  identityExists: { code: "EntityAlreadyExists", status: 409, message: (noun: Noun, name: string) => `${NOUNS[noun]} with name ${name} already exists.` },
  policyExists: { code: "EntityAlreadyExists", status: 409, message: (name: string) => `A policy called ${name} already exists. Duplicate names are not allowed.` },
  instanceProfileExists: { code: "EntityAlreadyExists", status: 409, message: (name: string) => `Instance Profile ${name} already exists.` },

  mustDetachPolicies: { code: "DeleteConflict", status: 409, message: () => "Cannot delete entity, must detach all policies first." },
  mustDeletePolicies: { code: "DeleteConflict", status: 409, message: () => "Cannot delete entity, must delete policies first." },
  mustDeleteAccessKeys: { code: "DeleteConflict", status: 409, message: () => "Cannot delete entity, must delete access keys first." },
  mustLeaveGroups: { code: "DeleteConflict", status: 409, message: () => "Cannot delete entity, must remove users from group first." },
  mustLeaveInstanceProfiles: { code: "DeleteConflict", status: 409, message: () => "Cannot delete entity, must remove roles from instance profile first." },
  policyIsAttached: { code: "DeleteConflict", status: 409, message: () => "Cannot delete a policy attached to entities." },
  policyHasVersions: {
    code: "DeleteConflict", status: 409,
    message: () => "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  },
  versionIsDefault: { code: "DeleteConflict", status: 409, message: () => "Cannot delete the default version of a policy." },

  quotaExceeded: { code: "LimitExceeded", status: 409, message: (quota: string, limit: number) => `Cannot exceed quota for ${quota}: ${limit}` },
  inlinePoliciesTooLong: {
    code: "LimitExceeded", status: 409,
    message: (noun: Noun, name: string, limit: number) => `Maximum policy size of ${limit} bytes exceeded for ${noun} ${name}`,
  },
  tooManyVersions: {
    code: "LimitExceeded", status: 409,
    message: () => "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
  },

  malformedPolicy: { code: "MalformedPolicyDocument", status: 400, message: (complaint: string) => complaint },
  duplicateTagKeys: { code: "InvalidInput", status: 400, message: () => "Duplicate tag keys found. Please note that Tag keys are case insensitive." },
  awsManagedPolicy: { code: "AccessDenied", status: 403, message: (arn: string) => `Policy ${arn} is managed by AWS and cannot be changed.` },
  needsUserName: { code: "ValidationError", status: 400, message: () => "Must specify userName when calling with non-User credentials" },
  unsupportedParameter: { code: "ValidationError", status: 400, message: (parameter: string) => `${parameter} is not supported by Sagebrush yet.` },
  invalidMarker: { code: "ValidationError", status: 400, message: () => "Invalid Marker." },
  invalidArn: { code: "ValidationError", status: 400, message: (arn: string) => `ARN ${arn} is not valid.` },
});
