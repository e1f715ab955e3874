import { uniqueId } from "../../../shared/ids.ts";
import { keyOf, operation } from "../context.ts";
import { errors } from "../errors.ts";
import { askArn, iamArn } from "../identity.ts";
import { UNIQUE_ID_LENGTH } from "../limits.ts";
import type { GroupRecord } from "../records.ts";
import { describeGroup } from "./group.ts";

const arnOf = (account: string, { GroupName = "", Path = "/" }: { readonly GroupName?: string | undefined; readonly Path?: string | undefined }): string =>
  iamArn(account, `group${Path}${GroupName}`);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html */
export const createGroup = operation("CreateGroup", {
  authorize: (input, { account }) => askArn("CreateGroup", arnOf(account, input)),
  handle: (input, { account, identities, clock, random }) => {
    const name = input.GroupName ?? "";
    const group: GroupRecord = {
      name, path: input.Path ?? "/", id: uniqueId(random, "AGPA", UNIQUE_ID_LENGTH), arn: arnOf(account, input), created: clock.now(),
      inlinePolicies: {}, attachedPolicies: [],
    };
    if (!identities.group.insert(keyOf(account, name), group)) throw errors.identityExists("group", name);
    return { Group: describeGroup(group) };
  },
});
