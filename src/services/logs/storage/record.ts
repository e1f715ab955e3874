import { crc32 } from "node:zlib";
import { instant, type Instant } from "../../../base/instant.ts";

/** An event as it lies in a segment. `sequence` counts the stream's events and never comes twice. */
export interface StoredEvent {
  readonly timestamp: Instant;
  readonly ingestion: Instant;
  readonly sequence: number;
  readonly message: string;
}

/** What PutLogEvents adds to a stream. */
export interface NewEvent {
  readonly timestamp: Instant;
  readonly message: string;
}

// A record: length of what follows the head (4), its CRC-32 (4), timestamp (6), ingestion time (6), sequence (6), message in UTF-8.
const HEAD = 8;
const FACTS = 18;
const NUMBER = 6;

/** The records of a batch, one after the other, ready to be written at once. */
export function encodeEvents(events: readonly NewEvent[], ingestion: Instant, firstSequence: number): Buffer {
  const messages = events.map(({ message }) => Buffer.byteLength(message));
  const out = Buffer.allocUnsafe(messages.reduce((sum, bytes) => sum + HEAD + FACTS + bytes, 0));
  let offset = 0;
  events.forEach(({ timestamp, message }, index) => {
    const length = FACTS + (messages[index] ?? 0);
    const body = offset + HEAD;
    out.writeUIntLE(timestamp, body, NUMBER);
    out.writeUIntLE(ingestion, body + NUMBER, NUMBER);
    out.writeUIntLE(firstSequence + index, body + 2 * NUMBER, NUMBER);
    out.write(message, body + FACTS);
    out.writeUInt32LE(length, offset);
    out.writeUInt32LE(crc32(out.subarray(body, body + length)), offset + 4);
    offset = body + length;
  });
  return out;
}

/** A whole record's facts and where it ends; the message is read only when asked for. */
export interface RecordView {
  readonly timestamp: Instant;
  readonly ingestion: Instant;
  readonly sequence: number;
  readonly messageBytes: number;
  readonly message: () => string;
  readonly end: number;
}

/** The record at an offset; undefined when what stands there is not a whole, sound record. */
export function readRecord(bytes: Buffer, offset: number): RecordView | undefined {
  const body = offset + HEAD;
  if (body > bytes.length) return undefined;
  const length = bytes.readUInt32LE(offset);
  const end = body + length;
  if (length < FACTS || end > bytes.length || crc32(bytes.subarray(body, end)) !== bytes.readUInt32LE(offset + 4)) return undefined;
  return {
    timestamp: instant(bytes.readUIntLE(body, NUMBER)),
    ingestion: instant(bytes.readUIntLE(body + NUMBER, NUMBER)),
    sequence: bytes.readUIntLE(body + 2 * NUMBER, NUMBER),
    messageBytes: length - FACTS,
    message: () => bytes.toString("utf8", body + FACTS, end),
    end,
  };
}
