import type { LogStream } from "@aws-sdk/client-cloudwatch-logs";
import { operation, type LogsContext } from "../context.ts";
import { errors } from "../errors.ts";
import { groupResource, groupTags, namedGroup, requireGroup } from "../group/group.ts";
import { DESCRIBE_PAGE } from "../limits.ts";
import { decodeToken, encodeToken } from "../token.ts";
import { sequenceToken } from "../event/sequence-token.ts";
import { streamArn, streamPrefix, type StreamRecord } from "./stream.ts";

function describe(context: LogsContext, group: string, stream: StreamRecord): LogStream {
  return {
    logStreamName: stream.name,
    creationTime: stream.created,
    ...(stream.firstEvent === undefined ? {} : { firstEventTimestamp: stream.firstEvent }),
    ...(stream.lastEvent === undefined ? {} : { lastEventTimestamp: stream.lastEvent }),
    ...(stream.lastIngestion === undefined ? {} : { lastIngestionTime: stream.lastIngestion }),
    uploadSequenceToken: sequenceToken(stream.lastIngestion),
    arn: streamArn(context, group, stream.name),
    // AWS answers 0 since 2019: "storedBytes is no longer supported for log streams" (API_LogStream).
    storedBytes: 0,
  };
}

/** Names in the order of their UTF-8 bytes, which is the store's own. */
const byName = (a: StreamRecord, b: StreamRecord): number => (a.name < b.name ? -1 : Number(a.name > b.name));
/** Streams without events stand before all others. */
const byLastEvent = (a: StreamRecord, b: StreamRecord): number => (a.lastEvent ?? -1) - (b.lastEvent ?? -1) || byName(a, b);

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export const describeLogStreams = operation("DescribeLogStreams", {
  authorize: (input, context) => {
    const name = namedGroup(context, input);
    return [{ action: "logs:DescribeLogStreams", resource: groupResource(context, name), resourceTags: groupTags(context, name) }];
  },
  handle: (input, context) => {
    const { logStreamNamePrefix = "", orderBy = "LogStreamName", descending = false, limit = DESCRIBE_PAGE, nextToken } = input;
    if (orderBy === "LastEventTime" && logStreamNamePrefix !== "") throw errors.orderWithPrefix();
    const group = namedGroup(context, input);
    requireGroup(context, group);
    const prefix = streamPrefix(context, group);
    const streams = [...context.streams.values({ prefix: prefix + logStreamNamePrefix })];
    const order = orderBy === "LastEventTime" ? byLastEvent : byName;
    streams.sort(descending ? (a, b) => order(b, a) : order);
    const from = nextToken === undefined ? 0 : placeAfter(streams, nextToken);
    const page = streams.slice(from, from + limit);
    const last = page.at(-1);
    return {
      logStreams: page.map((stream) => describe(context, group, stream)),
      ...(from + page.length < streams.length && last !== undefined ? { nextToken: encodeToken({ after: last.name, index: from + page.length }) } : {}),
    };
  },
});

/** Where to go on: after the last stream of the page before, or at its place when it has been deleted since. */
function placeAfter(streams: readonly StreamRecord[], token: string): number {
  const { after, index } = decodeToken<{ readonly after: string; readonly index: number }>(token);
  const place = streams.findIndex(({ name }) => name === after);
  return place >= 0 ? place + 1 : index;
}
