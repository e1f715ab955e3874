import { hexId } from "../../../shared/ids.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { groupTags, requireGroup } from "../group/group.ts";
import { streamArn, streamKey } from "./stream.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export const createLogStream = operation("CreateLogStream", {
  authorize: ({ logGroupName = "", logStreamName = "" }, context) => [{
    action: "logs:CreateLogStream", resource: streamArn(context, logGroupName, logStreamName), resourceTags: groupTags(context, logGroupName),
  }],
  handle: ({ logGroupName = "", logStreamName: name = "" }, context) => {
    const group = requireGroup(context, logGroupName);
    const created = context.streams.insert(streamKey(context, logGroupName, name), {
      id: hexId(context.random, 16), groupId: group.id, name, created: context.clock.now(), storedBytes: 0,
    });
    if (!created) throw errors.streamExists();
    return {};
  },
});
