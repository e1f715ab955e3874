import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { groupKey, groupResource, groupTags, requireGroup } from "../group/group.ts";
import { RETENTION_DAYS } from "../limits.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const putRetentionPolicy = operation("PutRetentionPolicy", {
  authorize: ({ logGroupName = "" }, context) =>
    [{ action: "logs:PutRetentionPolicy", resource: groupResource(context, logGroupName), resourceTags: groupTags(context, logGroupName) }],
  handle: ({ logGroupName, retentionInDays }, context) => {
    if (retentionInDays === undefined || !RETENTION_DAYS.includes(retentionInDays)) throw errors.badRetention(retentionInDays);
    const group = requireGroup(context, logGroupName);
    context.groups.put(groupKey(context, group.name), { ...group, retentionDays: retentionInDays });
    return {};
  },
});
