import type { Principal } from "../../../wire/principal.ts";
import { operation } from "../context.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable */
function userId(principal: Principal): string {
  switch (principal.kind) {
    case "root": return principal.account;
    case "user": return principal.userId;
    case "assumed-role": return `${principal.roleId}:${principal.sessionName}`;
    case "service": return principal.service;
    case "anonymous": return "anonymous";
  }
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: "No permissions are required". */
export const getCallerIdentity = operation("GetCallerIdentity", {
  authorize: () => [],
  handle: (_input, { principal }) => ({ UserId: userId(principal), Account: principal.account, Arn: principal.arn }),
});
