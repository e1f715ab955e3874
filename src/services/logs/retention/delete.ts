import { operation } from "../context.ts";
import { groupKey, groupResource, groupTags, requireGroup } from "../group/group.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html */
export const deleteRetentionPolicy = operation("DeleteRetentionPolicy", {
  authorize: ({ logGroupName = "" }, context) =>
    [{ action: "logs:DeleteRetentionPolicy", resource: groupResource(context, logGroupName), resourceTags: groupTags(context, logGroupName) }],
  handle: ({ logGroupName }, context) => {
    const { retentionDays: _, ...group } = requireGroup(context, logGroupName);
    context.groups.put(groupKey(context, group.name), group);
    return {};
  },
});
