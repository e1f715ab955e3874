import { operation } from "../context.ts";
import { askAbout } from "../identity.ts";
import { userNameOf } from "../users/user.ts";
import { requireAccessKey } from "./access-key.ts";

/** Puts a key out of use or back into it. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export const updateAccessKey = operation("UpdateAccessKey", {
  authorize: (input, context) => askAbout(context, "UpdateAccessKey", { noun: "user", name: userNameOf(input, context) }),
  handle: (input, context) => {
    const key = requireAccessKey(context, userNameOf(input, context), input.AccessKeyId);
    context.accessKeys.put(key.id, { ...key, active: input.Status === "Active" });
    return {};
  },
});
