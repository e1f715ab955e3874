import { operation } from "../context.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { describeUser, userNameOf } from "./user.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html; without a name, the caller itself, root included. */
export const getUser = operation("GetUser", {
  authorize: (input, context) => (input.UserName === undefined && context.principal.kind === "root" ? []
    : askAbout(context, "GetUser", { noun: "user", name: userNameOf(input, context) })),
  handle: (input, context) => {
    const { principal } = context;
    if (input.UserName === undefined && principal.kind === "root") {
      // Root has no name, and nobody knows when this account began.
      return { User: { Path: "/", UserName: undefined, UserId: principal.account, Arn: principal.arn, CreateDate: undefined } };
    }
    return { User: describeUser(requireIdentity(context, "user", userNameOf(input, context))) };
  },
});
