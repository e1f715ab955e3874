import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import { operation, type LogsContext } from "../context.ts";
import { errors } from "../errors.ts";
import { DESCRIBE_PAGE } from "../limits.ts";
import { decodeToken, encodeToken } from "../token.ts";
import { streamPrefix } from "../stream/stream.ts";
import { groupArn, groupKey, groupOfIdentifier, groupResource, type GroupRecord } from "./group.ts";

function storedBytes(context: LogsContext, name: string): number {
  return context.streams.values({ prefix: streamPrefix(context, name) }).reduce((sum, stream) => sum + stream.storedBytes, 0);
}

function describe(context: LogsContext, group: GroupRecord): LogGroup {
  const arn = groupArn(context, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.created,
    ...(group.retentionDays === undefined ? {} : { retentionInDays: group.retentionDays }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    logGroupArn: arn,
    storedBytes: storedBytes(context, group.name),
    logGroupClass: "STANDARD",
    deletionProtectionEnabled: group.deletionProtection,
  };
}

/** With a name pattern AWS answers with these three members only (API_DescribeLogGroups, `logGroupNamePattern`). */
const describeBriefly = (context: LogsContext, group: GroupRecord): LogGroup =>
  ({ logGroupName: group.name, creationTime: group.created, arn: `${groupArn(context, group.name)}:*` });

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export const describeLogGroups = operation("DescribeLogGroups", {
  // No resource types: AWS asks about a group without a name (FormidableLabs/terraform-aws-serverless #49).
  authorize: (_input, context) => [{ action: "logs:DescribeLogGroups", resource: groupResource(context, "") }],
  handle: ({ logGroupNamePrefix = "", logGroupNamePattern, logGroupIdentifiers, logGroupClass, limit = DESCRIBE_PAGE, nextToken }, context) => {
    if (logGroupNamePrefix !== "" && logGroupNamePattern !== undefined) throw errors.prefixOrPattern();
    const wanted = logGroupIdentifiers?.map((identifier) => groupOfIdentifier(context, identifier));
    const after = nextToken === undefined ? undefined : decodeToken<{ readonly after: string }>(nextToken).after;
    const matching = logGroupClass !== undefined && logGroupClass !== "STANDARD"
      ? []
      : context.groups.values({ prefix: groupKey(context, logGroupNamePrefix), ...(after === undefined ? {} : { after: groupKey(context, after) }) })
        .filter(({ name }) => name.includes(logGroupNamePattern ?? "") && (wanted?.includes(name) ?? true));
    const page = matching.slice(0, limit);
    const last = page.at(-1);
    return {
      logGroups: page.map((group) => (logGroupNamePattern === undefined ? describe : describeBriefly)(context, group)),
      ...(matching.length > page.length && last !== undefined ? { nextToken: encodeToken({ after: last.name }) } : {}),
    };
  },
});
