import { operation } from "../context.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { page } from "../paging.ts";
import { summarizeUser } from "../users/user.ts";
import { describeGroup, membersOf } from "./group.ts";

/** A group and its users. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html */
export const getGroup = operation("GetGroup", {
  authorize: (input, context) => askAbout(context, "GetGroup", { noun: "group", name: input.GroupName }),
  handle: (input, context) => {
    const group = requireIdentity(context, "group", input.GroupName);
    const { items, paging } = page(membersOf(context, group), input, ({ name }) => name);
    return { Group: describeGroup(group), Users: items.map(summarizeUser), ...paging };
  },
});
