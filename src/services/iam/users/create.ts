import { uniqueId } from "../../../shared/ids.ts";
import { boundaryConditions, requireBoundary } from "../boundaries/boundary.ts";
import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askArn, iamArn } from "../identity.ts";
import { UNIQUE_ID_LENGTH } from "../limits.ts";
import type { UserRecord } from "../records.ts";
import { addTags, tagConditions } from "../tags/tags.ts";
import { describeUser } from "./user.ts";

const arnOf = (account: string, { UserName = "", Path = "/" }: { readonly UserName?: string | undefined; readonly Path?: string | undefined }): string =>
  iamArn(account, `user${Path}${UserName}`);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html */
export const createUser = operation("CreateUser", {
  authorize: (input, { account }) =>
    askArn("CreateUser", arnOf(account, input), { ...boundaryConditions(input.PermissionsBoundary), ...tagConditions(input.Tags) }),
  handle: (input, context) => {
    const { account, identities, clock, random } = context;
    const name = input.UserName ?? "";
    const user: UserRecord = {
      name, path: input.Path ?? "/", id: uniqueId(random, "AIDA", UNIQUE_ID_LENGTH), arn: arnOf(account, input), created: clock.now(),
      inlinePolicies: {}, attachedPolicies: [], tags: addTags({}, input.Tags), groups: [], accessKeyIds: [],
      ...requireBoundary(context, input.PermissionsBoundary),
    };
    if (!identities.user.insert(keyOf(account, name), user)) throw errors.identityExists("user", name);
    return { User: describeUser(user) };
  },
});
