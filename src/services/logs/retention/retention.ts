import { setImmediate as nextTurn } from "node:timers/promises";
import { DAY, HOUR, instant, type Instant, type Milliseconds } from "../../../base/instant.ts";
import type { LogsState } from "../context.ts";
import type { GroupRecord } from "../group/group.ts";
import type { StreamRecord } from "../stream/stream.ts";

/** Events before this moment are expired: never returned, and deleted with their segment. */
export const expiry = ({ retentionDays }: GroupRecord, now: Instant): Instant =>
  instant(retentionDays === undefined ? 0 : Math.max(0, now - retentionDays * DAY));

/** AWS deletes "up to 72 hours" after expiry (API_PutRetentionPolicy); reads leave expired events out at once. */
export const SWEEP_PERIOD: Milliseconds = HOUR;

function withFirstEvent({ firstEvent: _, ...stream }: StreamRecord, firstEvent: Instant | undefined): StreamRecord {
  return firstEvent === undefined ? stream : { ...stream, firstEvent };
}

/** Deletes segments whose every event has expired, and counts what is left. Lets others run after each stream. */
export async function sweepExpired({ groups, streams, files }: LogsState, now: Instant, signal: AbortSignal): Promise<void> {
  for (const [key, group] of groups.entries()) {
    if (group.retentionDays === undefined) continue;
    const before = expiry(group, now);
    for (const [streamKey] of streams.entries({ prefix: `${key}:` })) {
      // As it is now: others have run since the list was made.
      const stream = streams.get(streamKey);
      if (stream?.firstEvent === undefined || stream.firstEvent >= before) continue;
      const log = files.open(stream);
      if (log.dropBefore(before)) {
        const { firstEvent, storedBytes } = log.summary();
        streams.put(streamKey, withFirstEvent({ ...stream, storedBytes }, firstEvent));
      }
      await nextTurn();
      if (signal.aborted) return;
    }
  }
}
