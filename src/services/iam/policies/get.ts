import { operation } from "../context.ts";
import { encodeDocument } from "../documents.ts";
import { errors } from "../errors.ts";
import { page } from "../paging.ts";
import { askPolicy, describePolicy, describeVersion, requirePolicy } from "./policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html */
export const getPolicy = operation("GetPolicy", {
  authorize: (input, context) => askPolicy(context, "GetPolicy", input.PolicyArn),
  handle: (input, context) => ({ Policy: describePolicy(context, requirePolicy(context, input.PolicyArn)) }),
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html */
export const getPolicyVersion = operation("GetPolicyVersion", {
  authorize: (input, context) => askPolicy(context, "GetPolicyVersion", input.PolicyArn),
  handle: (input, context) => {
    const policy = requirePolicy(context, input.PolicyArn);
    const version = policy.versions.find(({ id }) => id === input.VersionId);
    if (version === undefined) throw errors.noSuchPolicyVersion(policy.arn, input.VersionId ?? "");
    return { PolicyVersion: { ...describeVersion(policy, version), Document: encodeDocument(version.document) } };
  },
});

/** The newest first. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html */
export const listPolicyVersions = operation("ListPolicyVersions", {
  authorize: (input, context) => askPolicy(context, "ListPolicyVersions", input.PolicyArn),
  handle: (input, context) => {
    const policy = requirePolicy(context, input.PolicyArn);
    const numbered = [...policy.versions].reverse().map((version, place) => ({ version, place: String(place) }));
    const { items, paging } = page(numbered, input, ({ place }) => place);
    return { Versions: items.map(({ version }) => describeVersion(policy, version)), ...paging };
  },
});
