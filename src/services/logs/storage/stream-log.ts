import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { instant, type Instant } from "../../../base/instant.ts";
import { encodeEvents, type NewEvent } from "./record.ts";
import { emptySegment, indexRecords, loadSegment, saveIndex, type Block, type Segment } from "./segment.ts";

/** A segment is closed when it is this large: the unit of expiry, and what is read again after a crash. */
const SEGMENT_BYTES = 8 * 1024 * 1024;

/** A block and the file that it is in. */
export interface PlacedBlock extends Readonly<Block> {
  readonly file: string;
}

export interface StreamSummary {
  readonly firstEvent: Instant | undefined;
  readonly lastEvent: Instant | undefined;
  readonly storedBytes: number;
}

/** One stream's events: segments that are only ever appended to. `close` gives the file back; the log can be opened again. */
export interface StreamLog {
  /** Written to the file when this returns: what is acknowledged survives the process. All or nothing. */
  append(events: readonly NewEvent[], ingestion: Instant): void;
  /** The blocks as they are now; later appends do not show in them. */
  blocks(): readonly PlacedBlock[];
  summary(): StreamSummary;
  /** Deletes the segments whose every event is older; tells whether there were any. */
  dropBefore(moment: Instant): boolean;
  close(): void;
}

// A segment is named for the number of its first event, so that numbers go on when all older ones have expired.
const fileName = (sequence: number): string => `${String(sequence).padStart(15, "0")}.log`;

/** After this a power loss does not take a new file's name with it. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a stream's folder, making it when it is not there, and cuts off a record that was not written to its end. */
export function openStreamLog(folder: string, durability: "process" | "full"): StreamLog {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.endsWith(".log")).sort();
  const segments = names.map((name) => loadSegment(join(folder, name), Number.parseInt(name, 10)));
  let grown = false;
  let descriptor: number | undefined;

  const active = (): Segment => {
    const last = segments.at(-1);
    if (last !== undefined) return last;
    const first = emptySegment(join(folder, fileName(0)), 0);
    segments.push(first);
    return first;
  };
  const openActive = (segment: Segment): number => {
    if (descriptor === undefined) {
      descriptor = openSync(segment.file, "a");
      ftruncateSync(descriptor, segment.bytes);
      if (durability === "full") syncFolder(folder);
    }
    return descriptor;
  };
  const close = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
    if (grown) saveIndex(active());
    grown = false;
  };
  const roll = (): Segment => {
    const full = active();
    close();
    const next = emptySegment(join(folder, fileName(full.nextSequence)), full.nextSequence);
    segments.push(next);
    return next;
  };

  return {
    append(events, ingestion) {
      const present = active();
      const segment = present.bytes > 0 && present.bytes >= SEGMENT_BYTES ? roll() : present;
      const bytes = encodeEvents(events, ingestion, segment.nextSequence);
      const file = openActive(segment);
      try {
        for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
        if (durability === "full") fsyncSync(file);
      } catch (error) {
        // A full disk: nothing of a batch that is refused may stay.
        ftruncateSync(file, segment.bytes);
        throw error;
      }
      grown = true;
      indexRecords(segment, bytes);
    },
    blocks: () => segments.flatMap(({ file, blocks }) => blocks.map((block) => ({ ...block, file }))),
    summary() {
      const blocks = segments.flatMap((segment) => segment.blocks);
      const times = blocks.length === 0 ? undefined : {
        first: blocks.reduce((least, { minTimestamp }) => Math.min(least, minTimestamp), Infinity),
        last: blocks.reduce((most, { maxTimestamp }) => Math.max(most, maxTimestamp), 0),
      };
      return {
        firstEvent: times && instant(times.first),
        lastEvent: times && instant(times.last),
        storedBytes: segments.reduce((sum, { billed }) => sum + billed, 0),
      };
    },
    dropBefore(moment) {
      const expired = ({ blocks }: Segment): boolean => blocks.length > 0 && blocks.every(({ maxTimestamp }) => maxTimestamp < moment);
      if (expired(active())) openActive(roll());
      const dropped = segments.filter(expired);
      for (const segment of dropped) {
        segments.splice(segments.indexOf(segment), 1);
        rmSync(segment.file, { force: true });
        rmSync(segment.file.replace(/\.log$/, ".index"), { force: true });
      }
      return dropped.length > 0;
    },
    close,
  };
}
