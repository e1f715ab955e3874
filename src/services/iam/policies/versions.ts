import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { POLICY_VERSIONS_MAX } from "../limits.ts";
import { requireManagedDocument } from "./create.ts";
import { askPolicy, describeVersion, requireOwnPolicy, storePolicy } from "./policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html */
export const createPolicyVersion = operation("CreatePolicyVersion", {
  authorize: (input, context) => askPolicy(context, "CreatePolicyVersion", input.PolicyArn),
  handle: (input, context) => {
    const policy = requireOwnPolicy(context, input.PolicyArn);
    const document = requireManagedDocument(input.PolicyDocument);
    if (policy.versions.length >= POLICY_VERSIONS_MAX) throw errors.tooManyVersions();
    const version = { id: `v${policy.nextVersion}`, document, created: context.clock.now() };
    const changed = {
      ...policy, versions: [...policy.versions, version], nextVersion: policy.nextVersion + 1, updated: version.created,
      defaultVersionId: input.SetAsDefault === true ? version.id : policy.defaultVersionId,
    };
    storePolicy(context, changed);
    return { PolicyVersion: describeVersion(changed, version) };
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html */
export const setDefaultPolicyVersion = operation("SetDefaultPolicyVersion", {
  authorize: (input, context) => askPolicy(context, "SetDefaultPolicyVersion", input.PolicyArn),
  handle: (input, context) => {
    const policy = requireOwnPolicy(context, input.PolicyArn);
    const version = policy.versions.find(({ id }) => id === input.VersionId);
    if (version === undefined) throw errors.noSuchPolicyVersion(policy.arn, input.VersionId ?? "");
    storePolicy(context, { ...policy, defaultVersionId: version.id, updated: context.clock.now() });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html */
export const deletePolicyVersion = operation("DeletePolicyVersion", {
  authorize: (input, context) => askPolicy(context, "DeletePolicyVersion", input.PolicyArn),
  handle: (input, context) => {
    const policy = requireOwnPolicy(context, input.PolicyArn);
    if (!policy.versions.some(({ id }) => id === input.VersionId)) throw errors.noSuchPolicyVersion(policy.arn, input.VersionId ?? "");
    if (policy.defaultVersionId === input.VersionId) throw errors.versionIsDefault();
    storePolicy(context, { ...policy, versions: policy.versions.filter(({ id }) => id !== input.VersionId), updated: context.clock.now() });
    return {};
  },
});
