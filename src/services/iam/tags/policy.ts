import { operation } from "../context.ts";
import { page } from "../paging.ts";
import { askPolicy, requireOwnPolicy, requirePolicy, storePolicy } from "../policies/policy.ts";
import { addTags, listTags, removeTags, tagConditions } from "./tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html */
export const tagPolicy = operation("TagPolicy", {
  authorize: (input, context) =>
    askPolicy(context, "TagPolicy", input.PolicyArn).map((request) => ({ ...request, conditions: tagConditions(input.Tags) })),
  handle: (input, context) => {
    const policy = requireOwnPolicy(context, input.PolicyArn);
    storePolicy(context, { ...policy, tags: addTags(policy.tags, input.Tags) });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagPolicy.html */
export const untagPolicy = operation("UntagPolicy", {
  authorize: (input, context) =>
    askPolicy(context, "UntagPolicy", input.PolicyArn).map((request) => ({ ...request, conditions: { "aws:TagKeys": input.TagKeys ?? [] } })),
  handle: (input, context) => {
    const policy = requireOwnPolicy(context, input.PolicyArn);
    storePolicy(context, { ...policy, tags: removeTags(policy.tags, input.TagKeys) });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html */
export const listPolicyTags = operation("ListPolicyTags", {
  authorize: (input, context) => askPolicy(context, "ListPolicyTags", input.PolicyArn),
  handle: (input, context) => {
    const { items, paging } = page(listTags(requirePolicy(context, input.PolicyArn).tags), input, ({ Key }) => Key ?? "");
    return { Tags: items, ...paging };
  },
});
