import { toDate } from "../../../base/instant.ts";
import { operation } from "../context.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { page } from "../paging.ts";
import { userNameOf } from "../users/user.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export const listAccessKeys = operation("ListAccessKeys", {
  authorize: (input, context) => askAbout(context, "ListAccessKeys", { noun: "user", name: userNameOf(input, context) }),
  handle: (input, context) => {
    const user = requireIdentity(context, "user", userNameOf(input, context));
    const keys = user.accessKeyIds.map((id) => context.accessKeys.get(id)).filter((key) => key !== undefined);
    const { items, paging } = page(keys, input, ({ id }) => id);
    return {
      AccessKeyMetadata: items.map(({ id, active, created }) =>
        ({ UserName: user.name, AccessKeyId: id, Status: active ? "Active" : "Inactive", CreateDate: toDate(created) })),
      ...paging,
    };
  },
});
