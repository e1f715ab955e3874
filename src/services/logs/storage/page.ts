import { open } from "node:fs/promises";
import { readRecord, type StoredEvent } from "./record.ts";
import type { PlacedBlock } from "./stream-log.ts";

/**
 * A place between events. Events are ordered by timestamp, then ingestion time, then stream, then their number in it; a
 * place lies just after the event with these facts when going forward, just before it when going backward.
 */
export interface Place {
  readonly timestamp: number;
  readonly ingestion: number;
  readonly stream: string;
  readonly sequence: number;
}

export interface FoundEvent extends StoredEvent {
  /** The stream's id. */
  readonly stream: string;
  readonly messageBytes: number;
}

export interface PageRequest {
  readonly streams: readonly { readonly id: string; readonly blocks: readonly PlacedBlock[] }[];
  readonly direction: "forward" | "backward";
  readonly from?: Place | undefined;
  /** Milliseconds; inclusive and exclusive. */
  readonly startTime: number;
  readonly endTime: number;
  readonly accept?: ((message: string) => boolean) | undefined;
  readonly limit: number;
  /** Bytes of messages in a page; one event may be larger. */
  readonly maxBytes: number;
}

export interface Page {
  /** In ascending order, whatever the direction. */
  readonly events: readonly FoundEvent[];
  /** Where there may be more; undefined when the range has been read to its end. */
  readonly rest: Place | undefined;
}

/** After this much has been read a page ends, full or not, so that a rare pattern does not hold a request for minutes. */
const MOST_READ_BYTES = 16 * 1024 * 1024;

const compare = (a: Place, b: Place): number =>
  a.timestamp - b.timestamp || a.ingestion - b.ingestion || (a.stream < b.stream ? -1 : Number(a.stream > b.stream)) || a.sequence - b.sequence;

/**
 * The next events of some streams in order of time. Reads only blocks whose times can matter, nearest first, and keeps no
 * more than a page: events that came out of order cost reading, never memory.
 */
export async function readPage(request: PageRequest): Promise<Page> {
  const { direction, from, startTime, endTime, accept = () => true, limit, maxBytes } = request;
  const sign = direction === "forward" ? 1 : -1;
  const near = (block: PlacedBlock): number => (direction === "forward" ? block.minTimestamp : -block.maxTimestamp);
  const blocks = request.streams
    .flatMap(({ id, blocks: all }) => all.map((block) => ({ id, block, near: near(block) })))
    .filter(({ block }) => block.maxTimestamp >= startTime && block.minTimestamp < endTime)
    .filter(({ block }) => from === undefined || (direction === "forward" ? block.maxTimestamp >= from.timestamp : block.minTimestamp <= from.timestamp))
    .sort((a, b) => a.near - b.near);
  const beginning = Math.max(blocks[0]?.near ?? 0, from === undefined ? -Infinity : sign * from.timestamp);

  let found: FoundEvent[] = [];
  let full = false;
  let read = 0;
  let frontier: number | undefined;
  const trim = (): void => {
    found.sort((a, b) => sign * compare(a, b));
    let bytes = 0;
    const fits = found.findIndex((event, index) => {
      bytes += event.messageBytes;
      return index >= limit || (bytes > maxBytes && index > 0);
    });
    if (fits < 0) return;
    found = found.slice(0, fits);
    full = true;
  };

  for (const { id, block, near: edge } of blocks) {
    const last = full ? found.at(-1) : undefined;
    if (last !== undefined && edge > sign * last.timestamp) break;
    if (read >= MOST_READ_BYTES && edge > beginning) {
      frontier = edge;
      break;
    }
    const bytes = await readBlock(block);
    read += block.length;
    for (let record = readRecord(bytes, 0); record !== undefined; record = readRecord(bytes, record.end)) {
      const place: Place = { timestamp: record.timestamp, ingestion: record.ingestion, stream: id, sequence: record.sequence };
      if (record.timestamp < startTime || record.timestamp >= endTime) continue;
      if (from !== undefined && sign * compare(place, from) <= 0) continue;
      if (last !== undefined && sign * compare(place, last) > 0) continue;
      const message = record.message();
      if (accept(message)) found.push({ ...place, timestamp: record.timestamp, ingestion: record.ingestion, message, messageBytes: record.messageBytes });
    }
    trim();
  }
  if (frontier === undefined) return { events: ascending(found, sign), rest: full ? found.at(-1) : undefined };
  // Beyond the nearest unread block nothing is complete.
  const edge = frontier;
  return { events: ascending(found.filter(({ timestamp }) => sign * timestamp < edge), sign), rest: beside(edge * sign, sign) };
}

const ascending = (events: readonly FoundEvent[], sign: number): readonly FoundEvent[] => (sign > 0 ? events : events.toReversed());

/** The place before every event of a moment in the direction of reading. */
const beside = (timestamp: number, sign: number): Place =>
  ({ timestamp, ingestion: sign > 0 ? -1 : Number.MAX_SAFE_INTEGER, stream: "", sequence: 0 });

/** A block's bytes; nothing when its segment has been deleted meanwhile. */
async function readBlock({ file, offset, length }: PlacedBlock): Promise<Buffer> {
  try {
    await using handle = await open(file, "r");
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
