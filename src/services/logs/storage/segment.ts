import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { EVENT_OVERHEAD_BYTES } from "../limits.ts";
import { readRecord } from "./record.ts";

/** A run of whole records in a segment: the unit of reading. Timestamps tell which blocks a time range needs. */
export interface Block {
  readonly offset: number;
  length: number;
  minTimestamp: number;
  maxTimestamp: number;
}

/** What is known of a segment's file; only the last segment of a stream grows. */
export interface Segment {
  readonly file: string;
  /** Bytes of whole records. */
  bytes: number;
  /** Messages and their overhead, as AWS counts them. */
  billed: number;
  nextSequence: number;
  readonly blocks: Block[];
}

/** Small enough to be read for one event, large enough that the index of a gigabyte is some thousand entries. */
const BLOCK_BYTES = 64 * 1024;

export const emptySegment = (file: string, nextSequence: number): Segment => ({ file, bytes: 0, billed: 0, nextSequence, blocks: [] });

/** Takes the records in `bytes`, which stand (or come to stand) at the segment's end, into its index. */
export function indexRecords(segment: Segment, bytes: Buffer): void {
  for (let at = 0, record = readRecord(bytes, 0); record !== undefined; record = readRecord(bytes, at)) {
    const length = record.end - at;
    let block = segment.blocks.at(-1);
    if (block === undefined || block.length >= BLOCK_BYTES) {
      block = { offset: segment.bytes, length: 0, minTimestamp: record.timestamp, maxTimestamp: record.timestamp };
      segment.blocks.push(block);
    }
    block.length += length;
    block.minTimestamp = Math.min(block.minTimestamp, record.timestamp);
    block.maxTimestamp = Math.max(block.maxTimestamp, record.timestamp);
    segment.bytes += length;
    segment.billed += record.messageBytes + EVENT_OVERHEAD_BYTES;
    segment.nextSequence = record.sequence + 1;
    at = record.end;
  }
}

/** Indexes a segment by reading it. What follows the last whole record is not counted: a write that the process died in. */
function scanSegment(file: string, firstSequence: number): Segment {
  const segment = emptySegment(file, firstSequence);
  indexRecords(segment, readFileSync(file));
  return segment;
}

const indexFile = (file: string): string => file.replace(/\.log$/, ".index");

/** Keeps the index beside a segment that is full or not in use. Losing it costs one reading of the segment. */
export function saveIndex(segment: Segment): void {
  const draft = `${indexFile(segment.file)}.draft`;
  try {
    writeFileSync(draft, JSON.stringify(segment));
    renameSync(draft, indexFile(segment.file));
  } catch {
    // A full disk: whoever gives the log back has nothing to do with it.
    rmSync(draft, { force: true });
  }
}

/** A segment's index: the saved one when it fits the file (nothing was written since), else made anew. */
export function loadSegment(file: string, firstSequence: number): Segment {
  try {
    const saved = JSON.parse(readFileSync(indexFile(file), "utf8")) as Segment;
    if (saved.bytes === statSync(file).size) return { ...saved, file };
  } catch {
    // Not there or not whole: the segment itself tells.
  }
  return scanSegment(file, firstSequence);
}
