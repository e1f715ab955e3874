import { instant } from "../../../base/instant.ts";
import { operation } from "../context.ts";
import { groupTags, requireGroup } from "../group/group.ts";
import { expiry } from "../retention/retention.ts";
import { requireStream, streamArn, streamKey } from "../stream/stream.ts";
import { judgeBatch } from "./batch.ts";
import { sequenceToken } from "./sequence-token.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const putLogEvents = operation("PutLogEvents", {
  authorize: ({ logGroupName = "", logStreamName = "" }, context) => [{
    action: "logs:PutLogEvents", resource: streamArn(context, logGroupName, logStreamName), resourceTags: groupTags(context, logGroupName),
  }],
  handle: ({ logGroupName = "", logStreamName = "", logEvents = [], entity }, context) => {
    const group = requireGroup(context, logGroupName);
    const stream = requireStream(context, logGroupName, logStreamName);
    const now = context.clock.now();
    const { accepted, rejected, bytes } = judgeBatch(logEvents, { now, expired: expiry(group, now) });
    const first = accepted[0]?.timestamp;
    const last = accepted.at(-1)?.timestamp;
    if (first !== undefined && last !== undefined) {
      context.files.open(stream).append(accepted, now);
      context.streams.put(streamKey(context, logGroupName, logStreamName), {
        ...stream,
        firstEvent: instant(Math.min(stream.firstEvent ?? first, first)),
        lastEvent: instant(Math.max(stream.lastEvent ?? last, last)),
        lastIngestion: now,
        storedBytes: stream.storedBytes + bytes,
      });
    }
    return {
      nextSequenceToken: sequenceToken(now),
      ...(rejected === undefined ? {} : { rejectedLogEventsInfo: rejected }),
      // Deviation: entities are not kept. The agents that always send one go on when told so; the events are accepted.
      ...(entity === undefined ? {} : { rejectedEntityInfo: { errorType: "UnsupportedLogGroupType" as const } }),
    };
  },
});
