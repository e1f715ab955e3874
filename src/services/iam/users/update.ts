import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askAbout, askArn, findIdentity, iamArn, requireIdentity } from "../identity.ts";

/** Renames a user or moves it to another path. https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html */
export const updateUser = operation("UpdateUser", {
  // "Permissions on both the source object and the target object": else users could be moved to where policies mean others.
  authorize: (input, context) => {
    const { path = "/", name = input.UserName ?? "" } = findIdentity(context, "user", input.UserName ?? "") ?? {};
    return [
      ...askAbout(context, "UpdateUser", { noun: "user", name: input.UserName }),
      ...askArn("UpdateUser", iamArn(context.account, `user${input.NewPath ?? path}${input.NewUserName ?? name}`)),
    ];
  },
  handle: (input, context) => {
    const { account, identities, accessKeys, transaction } = context;
    const user = requireIdentity(context, "user", input.UserName);
    const name = input.NewUserName ?? user.name;
    const path = input.NewPath ?? user.path;
    transaction(() => {
      identities.user.delete(keyOf(account, user.name));
      const renamed = { ...user, name, path, arn: iamArn(account, `user${path}${name}`) };
      if (!identities.user.insert(keyOf(account, name), renamed)) throw errors.identityExists("user", name);
      for (const id of user.accessKeyIds) accessKeys.update(id, (key) => ({ ...key, userName: name }));
    });
    return {};
  },
});
