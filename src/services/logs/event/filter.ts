import { operation, type LogsContext } from "../context.ts";
import { errors } from "../errors.ts";
import { groupResource, groupTags, namedGroup, requireGroup } from "../group/group.ts";
import { MAX_PAGE_BYTES, MAX_PAGE_EVENTS } from "../limits.ts";
import { compilePattern } from "../pattern/compile.ts";
import { expiry } from "../retention/retention.ts";
import { readPage, type FoundEvent, type Place } from "../storage/page.ts";
import { requireStream, streamPrefix, type StreamRecord } from "../stream/stream.ts";
import { decodeToken, encodeToken } from "../token.ts";

/** The form of AWS's: 56 digits, the first bits the timestamp, so that ids sort as the events do. */
function eventId({ timestamp, stream, sequence }: FoundEvent): string {
  const id = (BigInt(timestamp) << 144n) | (BigInt(`0x${stream}`) << 80n) | BigInt(sequence);
  return id.toString().padStart(56, "0");
}

function selected(context: LogsContext, group: string, names: readonly string[] | undefined, prefix: string | undefined): readonly StreamRecord[] {
  if (names !== undefined && prefix !== undefined) throw errors.streamNamesOrPrefix();
  if (names !== undefined) return [...new Set(names)].map((name) => requireStream(context, group, name));
  return context.streams.values({ prefix: streamPrefix(context, group) + (prefix ?? "") });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export const filterLogEvents = operation("FilterLogEvents", {
  authorize: (input, context) => {
    const group = namedGroup(context, input);
    return ["logs:FilterLogEvents", ...(input.unmask === true ? ["logs:Unmask"] : [])]
      .map((action) => ({ action, resource: groupResource(context, group), resourceTags: groupTags(context, group) }));
  },
  handle: async (input, context) => {
    const { logStreamNames, logStreamNamePrefix, startTime = 0, endTime, filterPattern = "", limit = MAX_PAGE_EVENTS, nextToken } = input;
    if (endTime !== undefined && startTime > endTime) throw errors.badTimeRange();
    const accept = compilePattern(filterPattern);
    const group = requireGroup(context, namedGroup(context, input));
    const from = nextToken === undefined ? undefined : decodeToken<Place>(nextToken);
    const start = Math.max(startTime, expiry(group, context.clock.now()), from?.timestamp ?? 0);
    // "Events with a timestamp later than this time are not returned": inclusive, unlike GetLogEvents.
    const end = endTime === undefined ? Infinity : endTime + 1;
    const streams = selected(context, group.name, logStreamNames, logStreamNamePrefix)
      .filter(({ firstEvent, lastEvent }) => firstEvent !== undefined && firstEvent < end && (lastEvent ?? 0) >= start);
    const { events, rest } = await readPage({
      streams: streams.map((stream) => ({ id: stream.id, blocks: context.files.open(stream).blocks() })),
      direction: "forward", from, startTime: start, endTime: end, accept, limit, maxBytes: MAX_PAGE_BYTES,
    });
    const names = new Map(streams.map(({ id, name }) => [id, name]));
    return {
      events: events.map((event) => ({
        logStreamName: names.get(event.stream), timestamp: event.timestamp, message: event.message, ingestionTime: event.ingestion, eventId: eventId(event),
      })),
      // Always empty since 2020 (API_FilterLogEvents).
      searchedLogStreams: [],
      ...(rest === undefined ? {} : {
        nextToken: encodeToken({ timestamp: rest.timestamp, ingestion: rest.ingestion, stream: rest.stream, sequence: rest.sequence }),
      }),
    };
  },
});
