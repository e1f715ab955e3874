import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { groupTags, namedGroup, requireGroup } from "../group/group.ts";
import { MAX_PAGE_BYTES, MAX_PAGE_EVENTS } from "../limits.ts";
import { expiry } from "../retention/retention.ts";
import { readPage, type Place } from "../storage/page.ts";
import { requireStream, streamArn } from "../stream/stream.ts";
import { decodeToken, encodeToken } from "../token.ts";

/** A token says which way it leads: AWS's begin with `f/` and `b/` too. */
const token = (way: "f" | "b", place: Place): string => `${way}/${encodeToken(place)}`;

function readToken(text: string): { readonly direction: "forward" | "backward"; readonly from: Place } {
  const way = text.slice(0, 2);
  if (way !== "f/" && way !== "b/") throw errors.badToken();
  return { direction: way === "f/" ? "forward" : "backward", from: decodeToken<Place>(text.slice(2)) };
}

const BEGINNING: Place = { timestamp: -1, ingestion: 0, stream: "", sequence: 0 };

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export const getLogEvents = operation("GetLogEvents", {
  authorize: (input, context) => {
    const group = namedGroup(context, input);
    const resource = streamArn(context, group, input.logStreamName ?? "");
    return ["logs:GetLogEvents", ...(input.unmask === true ? ["logs:Unmask"] : [])]
      .map((action) => ({ action, resource, resourceTags: groupTags(context, group) }));
  },
  handle: async (input, context) => {
    const group = requireGroup(context, namedGroup(context, input));
    const stream = requireStream(context, group.name, input.logStreamName);
    const { startTime = 0, endTime = Infinity, startFromHead = false, limit = MAX_PAGE_EVENTS, nextToken } = input;
    if (startTime > endTime) throw errors.badTimeRange();
    const { direction, from } = nextToken === undefined
      ? { direction: startFromHead ? "forward" as const : "backward" as const, from: undefined }
      : readToken(nextToken);
    const { events, rest } = await readPage({
      streams: [{ id: stream.id, blocks: context.files.open(stream).blocks() }],
      direction, from, startTime: Math.max(startTime, expiry(group, context.clock.now())), endTime, limit, maxBytes: MAX_PAGE_BYTES,
    });
    // Without events both tokens stay where we are, so that whoever follows a stream sees what comes next.
    const here = rest ?? from ?? BEGINNING;
    return {
      events: events.map(({ timestamp, message, ingestion }) => ({ timestamp, message, ingestionTime: ingestion })),
      nextForwardToken: token("f", events.at(-1) === undefined ? here : placeOf(events.at(-1))),
      nextBackwardToken: token("b", events[0] === undefined ? here : placeOf(events[0])),
    };
  },
});

const placeOf = (event: Place | undefined): Place => {
  const { timestamp, ingestion, stream, sequence } = event ?? BEGINNING;
  return { timestamp, ingestion, stream, sequence };
};
