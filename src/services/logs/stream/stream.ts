import type { Instant } from "../../../base/instant.ts";
import type { LogsContext } from "../context.ts";
import { errors } from "../errors.ts";
import { groupArn, groupKey } from "../group/group.ts";

/** A log stream as it is stored. Its events are in files; what is known of them as a whole is kept here. */
export interface StreamRecord {
  readonly id: string;
  readonly groupId: string;
  readonly name: string;
  readonly created: Instant;
  readonly firstEvent?: Instant;
  readonly lastEvent?: Instant;
  readonly lastIngestion?: Instant;
  /** Messages and their overhead, as AWS counts them. */
  readonly storedBytes: number;
}

type Place = Pick<LogsContext, "account" | "region">;

/** The keys of a group's streams begin with this. */
export const streamPrefix = (place: Place, group: string): string => `${groupKey(place, group)}:`;
export const streamKey = (place: Place, group: string, stream: string): string => `${streamPrefix(place, group)}${stream}`;

export const streamArn = (place: Place, group: string, stream: string): string => `${groupArn(place, group)}:log-stream:${stream}`;

export function requireStream(context: LogsContext, group: string, name: string | undefined): StreamRecord {
  const stream = context.streams.get(streamKey(context, group, name ?? ""));
  if (stream === undefined) throw errors.noSuchStream();
  return stream;
}
