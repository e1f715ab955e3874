import { operation } from "../context.ts";
import { askAbout, updateIdentity } from "../identity.ts";
import { userNameOf } from "../users/user.ts";
import { requireAccessKey } from "./access-key.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export const deleteAccessKey = operation("DeleteAccessKey", {
  authorize: (input, context) => askAbout(context, "DeleteAccessKey", { noun: "user", name: userNameOf(input, context) }),
  handle: (input, context) => {
    const key = requireAccessKey(context, userNameOf(input, context), input.AccessKeyId);
    context.transaction(() => {
      updateIdentity(context, { noun: "user", name: key.userName }, (user) => ({ ...user, accessKeyIds: user.accessKeyIds.filter((id) => id !== key.id) }));
      context.accessKeys.delete(key.id);
    });
    return {};
  },
});
