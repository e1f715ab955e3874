import type { InputLogEvent, RejectedLogEventsInfo } from "@aws-sdk/client-cloudwatch-logs";
import { instant, type Instant } from "../../../base/instant.ts";
import { errors } from "../errors.ts";
import { EVENT_OVERHEAD_BYTES, MAX_AGE, MAX_BATCH_BYTES, MAX_BATCH_SPAN, MAX_EVENT_BYTES, MAX_FUTURE } from "../limits.ts";
import type { NewEvent } from "../storage/record.ts";

/** A batch as it is taken: what is stored, what is refused event by event, and what it counts in bytes. */
export interface JudgedBatch {
  readonly accepted: readonly NewEvent[];
  readonly rejected: RejectedLogEventsInfo | undefined;
  readonly bytes: number;
}

const size = (message: string): number => Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;

/**
 * AWS's rules for a batch; throws where the whole batch is refused. `expired` is the moment before which the group keeps
 * nothing. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
export function judgeBatch(given: readonly InputLogEvent[], { now, expired }: { readonly now: Instant; readonly expired: Instant }): JudgedBatch {
  const events = given.map(({ timestamp = 0, message = "" }) => ({ timestamp: instant(timestamp), message }));
  const sizes = events.map(({ message }) => size(message));
  const tooLarge = sizes.find((bytes) => bytes > MAX_EVENT_BYTES);
  if (tooLarge !== undefined) throw errors.eventTooLarge(tooLarge);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (total > MAX_BATCH_BYTES) throw errors.batchTooLarge(total);
  if (events.some(({ timestamp }, index) => timestamp < (events[index - 1]?.timestamp ?? 0))) throw errors.unordered();

  // In order of time, so each kind of refusal is a run at one end.
  const oldest = now - MAX_AGE;
  const tooOld = countBefore(events, oldest);
  const gone = countBefore(events, expired);
  const first = Math.max(tooOld, gone);
  const tooNew = countBefore(events, now + MAX_FUTURE + 1);
  const accepted = events.slice(first, tooNew);
  if ((accepted.at(-1)?.timestamp ?? 0) - (accepted[0]?.timestamp ?? 0) > MAX_BATCH_SPAN) throw errors.spanTooLong();
  const rejected: RejectedLogEventsInfo = {
    ...(tooNew < events.length ? { tooNewLogEventStartIndex: tooNew } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(gone > tooOld ? { expiredLogEventEndIndex: gone } : {}),
  };
  return {
    accepted,
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
    bytes: sizes.slice(first, tooNew).reduce((sum, bytes) => sum + bytes, 0),
  };
}

function countBefore(events: readonly NewEvent[], moment: number): number {
  const index = events.findIndex(({ timestamp }) => timestamp >= moment);
  return index < 0 ? events.length : index;
}
