import { operation } from "../context.ts";
import { askAbout, requireIdentity, updateIdentity } from "../identity.ts";
import { page } from "../paging.ts";
import { addTags, listTags, removeTags, tagConditions } from "./tags.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html */
export const tagRole = operation("TagRole", {
  authorize: (input, context) => askAbout(context, "TagRole", { noun: "role", name: input.RoleName, conditions: tagConditions(input.Tags) }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "role", name: input.RoleName }, (role) => ({ ...role, tags: addTags(role.tags, input.Tags) }));
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagRole.html */
export const untagRole = operation("UntagRole", {
  authorize: (input, context) =>
    askAbout(context, "UntagRole", { noun: "role", name: input.RoleName, conditions: { "aws:TagKeys": input.TagKeys ?? [] } }),
  handle: (input, context) => {
    updateIdentity(context, { noun: "role", name: input.RoleName }, (role) => ({ ...role, tags: removeTags(role.tags, input.TagKeys) }));
    return {};
  },
});

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html */
export const listRoleTags = operation("ListRoleTags", {
  authorize: (input, context) => askAbout(context, "ListRoleTags", { noun: "role", name: input.RoleName }),
  handle: (input, context) => {
    const { items, paging } = page(listTags(requireIdentity(context, "role", input.RoleName).tags), input, ({ Key }) => Key ?? "");
    return { Tags: items, ...paging };
  },
});
