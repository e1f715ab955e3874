import { formatArn, parseArn } from "../../../base/arn.ts";
import type { Instant } from "../../../base/instant.ts";
import type { LogsContext } from "../context.ts";
import { errors } from "../errors.ts";

/** A log group as it is stored. */
export interface GroupRecord {
  /** Names its folder: a group made again under the same name has none of the old one's events. */
  readonly id: string;
  readonly name: string;
  readonly created: Instant;
  readonly retentionDays?: number;
  readonly deletionProtection: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

type Place = Pick<LogsContext, "account" | "region">;

export const groupKey = ({ account, region }: Place, name: string): string => `${account}/${region}/${name}`;

/** `arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f`, without the `:*` that some members carry. */
export const groupArn = ({ account, region }: Place, name: string): string =>
  formatArn({ service: "logs", region, account, resource: `log-group:${name}` });

/**
 * The resource that AWS names when IAM is asked about a group: it ends in an empty stream name, so that a policy on
 * `…:log-group:NAME:*` matches and one on the bare group's ARN does not.
 * https://github.com/elastic/apm-aws-lambda/issues/526, https://github.com/prowler-cloud/prowler/pull/37
 */
export const groupResource = (place: Place, name: string): string => `${groupArn(place, name)}:log-stream:`;

export function requireGroup(context: Pick<LogsContext, "account" | "region" | "groups">, name: string | undefined): GroupRecord {
  const group = context.groups.get(groupKey(context, name ?? ""));
  if (group === undefined) throw errors.noSuchGroup();
  return group;
}

/** The group's name out of `logGroupName` or `logGroupIdentifier` (a name or an ARN, with or without `:*`). */
export function namedGroup(
  place: Place,
  { logGroupName, logGroupIdentifier }: { readonly logGroupName?: string | undefined; readonly logGroupIdentifier?: string | undefined },
): string {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) throw errors.groupNameOrIdentifier();
  return logGroupName ?? groupOfIdentifier(place, logGroupIdentifier ?? "");
}

export function groupOfIdentifier({ account, region }: Place, identifier: string): string {
  if (!identifier.startsWith("arn:")) return identifier;
  const arn = parseArn(identifier);
  const name = /^log-group:([^:]+)(:\*)?$/.exec(arn?.resource ?? "")?.[1];
  if (arn?.service !== "logs" || name === undefined) throw errors.badArn(identifier);
  // No account is linked to another here.
  if (arn.account !== account || arn.region !== region) throw errors.noSuchGroup();
  return name;
}

/** Tags for IAM's `aws:ResourceTag/…`; none when the group is not there. */
export const groupTags = (context: LogsContext, name: string): Readonly<Record<string, string>> =>
  context.groups.get(groupKey(context, name))?.tags ?? {};
