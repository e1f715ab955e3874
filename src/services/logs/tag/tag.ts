import { parseArn } from "../../../base/arn.ts";
import type { AccessRequest } from "../../../wire/access.ts";
import { operation, type LogsContext } from "../context.ts";
import { errors } from "../errors.ts";
import { groupArn, groupKey, groupResource, groupTags, requireGroup, type GroupRecord } from "../group/group.ts";
import { MAX_TAGS } from "../limits.ts";
import { tagConditions } from "./conditions.ts";

type Tags = Readonly<Record<string, string>>;

/** The group behind `resourceArn`: `arn:…:log-group:NAME`, tolerated with `:*`. Only log groups exist here to be tagged. */
function groupOfArn(context: LogsContext, resourceArn: string): GroupRecord {
  const arn = parseArn(resourceArn);
  const name = /^log-group:([^:]+)(:\*)?$/.exec(arn?.resource ?? "")?.[1];
  if (arn?.service !== "logs") throw errors.badArn(resourceArn);
  const group = name === undefined || arn.account !== context.account || arn.region !== context.region
    ? undefined
    : context.groups.get(groupKey(context, name));
  if (group === undefined) throw errors.noSuchResource();
  return group;
}

function setTags(context: LogsContext, group: GroupRecord, tags: Tags): void {
  if (Object.keys(tags).length > MAX_TAGS) throw errors.tooManyTags();
  context.groups.put(groupKey(context, group.name), { ...group, tags });
}

const without = (tags: Tags, keys: readonly string[]): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));

/** The tagging actions by ARN are asked about the group's ARN without any suffix (API_LogGroup, `logGroupArn`). */
const ask = (context: LogsContext, action: string, arn: string, conditions: AccessRequest["conditions"] = {}): readonly AccessRequest[] => {
  const name = /:log-group:([^:]+)/.exec(arn)?.[1] ?? "";
  return [{ action, resource: groupArn(context, name), resourceTags: groupTags(context, name), conditions }];
};
const askOld = (context: LogsContext, action: string, name: string, conditions: AccessRequest["conditions"] = {}): readonly AccessRequest[] =>
  [{ action, resource: groupResource(context, name), resourceTags: groupTags(context, name), conditions }];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export const tagResource = operation("TagResource", {
  authorize: ({ resourceArn = "", tags = {} }, context) => ask(context, "logs:TagResource", resourceArn, tagConditions(tags)),
  handle: ({ resourceArn = "", tags = {} }, context) => {
    const group = groupOfArn(context, resourceArn);
    setTags(context, group, { ...group.tags, ...tags });
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export const untagResource = operation("UntagResource", {
  authorize: ({ resourceArn = "", tagKeys = [] }, context) => ask(context, "logs:UntagResource", resourceArn, { "aws:TagKeys": tagKeys }),
  handle: ({ resourceArn = "", tagKeys = [] }, context) => {
    const group = groupOfArn(context, resourceArn);
    setTags(context, group, without(group.tags, tagKeys));
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource = operation("ListTagsForResource", {
  authorize: ({ resourceArn = "" }, context) => ask(context, "logs:ListTagsForResource", resourceArn),
  handle: ({ resourceArn = "" }, context) => ({ tags: { ...groupOfArn(context, resourceArn).tags } }),
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html */
export const tagLogGroup = operation("TagLogGroup", {
  authorize: ({ logGroupName = "", tags = {} }, context) => askOld(context, "logs:TagLogGroup", logGroupName, tagConditions(tags)),
  handle: ({ logGroupName, tags = {} }, context) => {
    const group = requireGroup(context, logGroupName);
    setTags(context, group, { ...group.tags, ...tags });
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html */
export const untagLogGroup = operation("UntagLogGroup", {
  authorize: ({ logGroupName = "", tags = [] }, context) => askOld(context, "logs:UntagLogGroup", logGroupName, { "aws:TagKeys": tags }),
  handle: ({ logGroupName, tags = [] }, context) => {
    const group = requireGroup(context, logGroupName);
    setTags(context, group, without(group.tags, tags));
    return {};
  },
});

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html */
export const listTagsLogGroup = operation("ListTagsLogGroup", {
  authorize: ({ logGroupName = "" }, context) => askOld(context, "logs:ListTagsLogGroup", logGroupName),
  handle: ({ logGroupName }, context) => ({ tags: { ...requireGroup(context, logGroupName).tags } }),
});
