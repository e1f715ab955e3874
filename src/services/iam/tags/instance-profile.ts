import { operation } from "../context.ts";
import { askInstanceProfile, requireInstanceProfile, storeInstanceProfile } from "../instance-profiles/instance-profile.ts";
import { page } from "../paging.ts";
import { addTags, listTags, removeTags, tagConditions } from "./tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagInstanceProfile.html */
export const tagInstanceProfile = operation("TagInstanceProfile", {
  authorize: (input, context) =>
    askInstanceProfile(context, "TagInstanceProfile", input.InstanceProfileName).map((request) => ({ ...request, conditions: tagConditions(input.Tags) })),
  handle: (input, context) => {
    const profile = requireInstanceProfile(context, input.InstanceProfileName);
    storeInstanceProfile(context, { ...profile, tags: addTags(profile.tags, input.Tags) });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagInstanceProfile.html */
export const untagInstanceProfile = operation("UntagInstanceProfile", {
  authorize: (input, context) => askInstanceProfile(context, "UntagInstanceProfile", input.InstanceProfileName)
    .map((request) => ({ ...request, conditions: { "aws:TagKeys": input.TagKeys ?? [] } })),
  handle: (input, context) => {
    const profile = requireInstanceProfile(context, input.InstanceProfileName);
    storeInstanceProfile(context, { ...profile, tags: removeTags(profile.tags, input.TagKeys) });
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html */
export const listInstanceProfileTags = operation("ListInstanceProfileTags", {
  authorize: (input, context) => askInstanceProfile(context, "ListInstanceProfileTags", input.InstanceProfileName),
  handle: (input, context) => {
    const { items, paging } = page(listTags(requireInstanceProfile(context, input.InstanceProfileName).tags), input, ({ Key }) => Key ?? "");
    return { Tags: items, ...paging };
  },
});
