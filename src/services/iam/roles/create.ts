import { uniqueId } from "../../../shared/ids.ts";
import { boundaryConditions, requireBoundary } from "../boundaries/boundary.ts";
import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askArn, iamArn } from "../identity.ts";
import { DEFAULT_SESSION_SECONDS, UNIQUE_ID_LENGTH } from "../limits.ts";
import type { RoleRecord } from "../records.ts";
import { addTags, tagConditions } from "../tags/tags.ts";
import { describeRole } from "./role.ts";
import { requireTrust } from "./trust.ts";

const arnOf = (account: string, { RoleName = "", Path = "/" }: { readonly RoleName?: string | undefined; readonly Path?: string | undefined }): string =>
  iamArn(account, `role${Path}${RoleName}`);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const createRole = operation("CreateRole", {
  authorize: (input, { account }) =>
    askArn("CreateRole", arnOf(account, input), { ...boundaryConditions(input.PermissionsBoundary), ...tagConditions(input.Tags) }),
  handle: (input, context) => {
    const { account, identities, clock, random } = context;
    const name = input.RoleName ?? "";
    if (identities.role.has(keyOf(account, name))) throw errors.identityExists("role", name);
    const role: RoleRecord = {
      name, path: input.Path ?? "/", id: uniqueId(random, "AROA", UNIQUE_ID_LENGTH), arn: arnOf(account, input), created: clock.now(),
      inlinePolicies: {}, attachedPolicies: [], tags: addTags({}, input.Tags),
      ...requireTrust(context, account, input.AssumeRolePolicyDocument),
      maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...requireBoundary(context, input.PermissionsBoundary),
    };
    identities.role.put(keyOf(account, name), role);
    return { Role: describeRole(context, role) };
  },
});
