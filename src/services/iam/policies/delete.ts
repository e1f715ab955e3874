import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askPolicy, requireOwnPolicy, countUses } from "./policy.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html */
export const deletePolicy = operation("DeletePolicy", {
  authorize: (input, context) => askPolicy(context, "DeletePolicy", input.PolicyArn),
  handle: (input, context) => {
    const policy = requireOwnPolicy(context, input.PolicyArn);
    const { attachments, boundaries } = countUses(context)(policy.arn);
    if (attachments > 0 || boundaries > 0) throw errors.policyIsAttached();
    if (policy.versions.length > 1) throw errors.policyHasVersions();
    context.policies.delete(keyOf(context.account, policy.name));
    return {};
  },
});
