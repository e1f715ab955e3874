import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openStreamLog, type StreamLog } from "./stream-log.ts";

/** Which folder a stream's events are in. */
export interface StreamPlace {
  readonly groupId: string;
  readonly id: string;
}

/** Every stream's events under one folder: `<group id>/<stream id>/<first sequence>.log`. */
export interface LogFiles {
  /** The stream's log, kept open among the last used ones. Use it at once: a later `open` may close it. */
  open(stream: StreamPlace): StreamLog;
  removeStream(stream: StreamPlace): Promise<void>;
  removeGroup(groupId: string): Promise<void>;
  /** Deletes the folders that no record names: what was being deleted when the process died. */
  sweep(known: ReadonlyMap<string, ReadonlySet<string>>): Promise<void>;
  close(): void;
}

/** Open files and indexes in memory at a time; an index is some hundred bytes for a megabyte. */
const MOST_OPEN = 256;

export function openLogFiles(folder: string, durability: "process" | "full"): LogFiles {
  // In order of use: the first is the one unused for longest.
  const open = new Map<string, StreamLog>();
  const forget = (id: string): void => {
    open.get(id)?.close();
    open.delete(id);
  };
  return {
    open(stream) {
      const log = open.get(stream.id) ?? openStreamLog(join(folder, stream.groupId, stream.id), durability);
      open.delete(stream.id);
      open.set(stream.id, log);
      for (const id of open.keys()) {
        if (open.size <= MOST_OPEN) break;
        forget(id);
      }
      return log;
    },
    async removeStream(stream) {
      forget(stream.id);
      await rm(join(folder, stream.groupId, stream.id), { recursive: true, force: true });
    },
    async removeGroup(groupId) {
      const place = join(folder, groupId);
      if (!existsSync(place)) return;
      for (const id of readdirSync(place)) forget(id);
      await rm(place, { recursive: true, force: true });
    },
    async sweep(known) {
      if (!existsSync(folder)) return;
      // The whole list before the first deletion: streams that are made meanwhile are not on it.
      const unknown = readdirSync(folder).flatMap((groupId) => {
        const streams = known.get(groupId);
        const place = join(folder, groupId);
        return streams === undefined ? [place] : readdirSync(place).filter((id) => !streams.has(id)).map((id) => join(place, id));
      });
      for (const place of unknown) await rm(place, { recursive: true, force: true });
    },
    close() {
      for (const log of open.values()) log.close();
      open.clear();
    },
  };
}
