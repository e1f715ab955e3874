import { operation } from "../context.ts";
import { askAbout, requireIdentity } from "../identity.ts";
import { describeRole } from "./role.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export const getRole = operation("GetRole", {
  authorize: (input, context) => askAbout(context, "GetRole", { noun: "role", name: input.RoleName }),
  handle: (input, context) => ({ Role: describeRole(context, requireIdentity(context, "role", input.RoleName)) }),
});
