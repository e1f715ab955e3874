import { operation } from "../context.ts";
import { groupTags, requireGroup } from "../group/group.ts";
import { requireStream, streamArn, streamKey } from "./stream.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html */
export const deleteLogStream = operation("DeleteLogStream", {
  authorize: ({ logGroupName = "", logStreamName = "" }, context) => [{
    action: "logs:DeleteLogStream", resource: streamArn(context, logGroupName, logStreamName), resourceTags: groupTags(context, logGroupName),
  }],
  handle: async ({ logGroupName = "", logStreamName = "" }, context) => {
    requireGroup(context, logGroupName);
    const stream = requireStream(context, logGroupName, logStreamName);
    context.streams.delete(streamKey(context, logGroupName, logStreamName));
    await context.files.removeStream(stream);
    return {};
  },
});
