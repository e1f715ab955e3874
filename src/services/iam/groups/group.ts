import type { Group } from "@aws-sdk/client-iam";
import { toDate } from "../../../base/instant.ts";
import type { IamContext } from "../context.ts";
import type { GroupRecord, UserRecord } from "../records.ts";

export const describeGroup = (group: GroupRecord) =>
  ({ Path: group.path, GroupName: group.name, GroupId: group.id, Arn: group.arn, CreateDate: toDate(group.created) }) satisfies Group;

/** Users know their groups; a group's members are looked for. */
export const membersOf = ({ account, identities }: IamContext, group: GroupRecord): readonly UserRecord[] =>
  identities.user.values({ prefix: `${account}/` }).filter(({ groups }) => groups.includes(group.name));
