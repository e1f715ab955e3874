import { operation } from "../context.ts";
import { groupKey, groupOfIdentifier, groupResource, groupTags, requireGroup } from "./group.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html */
export const putLogGroupDeletionProtection = operation("PutLogGroupDeletionProtection", {
  authorize: ({ logGroupIdentifier = "" }, context) => {
    const name = groupOfIdentifier(context, logGroupIdentifier);
    return [{ action: "logs:PutLogGroupDeletionProtection", resource: groupResource(context, name), resourceTags: groupTags(context, name) }];
  },
  handle: ({ logGroupIdentifier = "", deletionProtectionEnabled = false }, context) => {
    const group = requireGroup(context, groupOfIdentifier(context, logGroupIdentifier));
    context.groups.put(groupKey(context, group.name), { ...group, deletionProtection: deletionProtectionEnabled });
    return {};
  },
});
