import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { streamPrefix } from "../stream/stream.ts";
import { groupKey, groupResource, groupTags, requireGroup } from "./group.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export const deleteLogGroup = operation("DeleteLogGroup", {
  authorize: ({ logGroupName = "" }, context) =>
    [{ action: "logs:DeleteLogGroup", resource: groupResource(context, logGroupName), resourceTags: groupTags(context, logGroupName) }],
  handle: async ({ logGroupName: name = "" }, context) => {
    const group = requireGroup(context, name);
    if (group.deletionProtection) throw errors.deletionProtected(name);
    context.transaction(() => {
      context.groups.delete(groupKey(context, name));
      for (const [key] of context.streams.entries({ prefix: streamPrefix(context, name) })) context.streams.delete(key);
    });
    // The records are gone first: a folder without one is swept away at the next start.
    await context.files.removeGroup(group.id);
    return {};
  },
});
