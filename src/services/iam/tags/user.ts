import { operation } from "../context.ts";
import { askAbout, requireIdentity, updateIdentity } from "../identity.ts";
import { page } from "../paging.ts";
import { addTags, listTags, removeTags, tagConditions } from "./tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html */
export const tagUser = operation("TagUser", {
  authorize: (input, context) => askAbout(context, "TagUser", { noun: "user", name: input.UserName, conditions: tagConditions(input.Tags) }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "user", name: input.UserName }, (user) => ({ ...user, tags: addTags(user.tags, input.Tags) }));
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html */
export const untagUser = operation("UntagUser", {
  authorize: (input, context) =>
    askAbout(context, "UntagUser", { noun: "user", name: input.UserName, conditions: { "aws:TagKeys": input.TagKeys ?? [] } }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "user", name: input.UserName }, (user) => ({ ...user, tags: removeTags(user.tags, input.TagKeys) }));
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html */
export const listUserTags = operation("ListUserTags", {
  authorize: (input, context) => askAbout(context, "ListUserTags", { noun: "user", name: input.UserName }),
  handle: (input, context) => {
    const { items, paging } = page(listTags(requireIdentity(context, "user", input.UserName).tags), input, ({ Key }) => Key ?? "");
    return { Tags: items, ...paging };
  },
});
