import { Readable } from "node:stream";
import { hexId } from "../../../shared/ids.ts";
import type { Log } from "../../../shared/log.ts";
import type { Random } from "../../../shared/random.ts";
import type { Store } from "../../../store/index.ts";
import { AT_ONCE_BYTES } from "../limits.ts";
import { rangeLength, type ByteRange, type Content } from "./content.ts";
import { createLeases } from "./leases.ts";
import { receive, type BodyInput, type Place, type Received, type ReceiveOptions } from "./receive.ts";

/** What may be done to contents inside a transaction. */
export interface ContentChange {
  /** Makes received content part of the records. */
  adopt(place: Place): Content;
  /** Takes content out of the records; its files go once the transaction is done. */
  forget(content: Content): void;
  forgetBlob(blob: string): void;
}

/** The bytes of all objects and parts. */
export interface Contents {
  receive(body: BodyInput, options: ReceiveOptions): Promise<Received>;
  /** Puts away content that no record will name after all. */
  discard(place: Place): void;
  /** All or nothing, records and contents together. */
  change<T>(work: (change: ContentChange) => T): T;
  /** Bytes in memory when they are small, else a stream. The content stays readable to its end even when it is forgotten. */
  read(content: Content, range: ByteRange): Uint8Array | Readable;
  /** The same content once more, without copying bytes where that is possible; undefined when it is made of parts. */
  duplicate(content: Content): Promise<Place | undefined>;
  /** Deletes what a crash left unnamed. */
  sweep(): Promise<number>;
}

export function openContents({ store, log, random }: { readonly store: Store; readonly log: Log; readonly random: Random }): Contents {
  const { blobs } = store;
  const insertInline = store.prepare<{ id: number }>("INSERT INTO s3_inline (bytes) VALUES (?) RETURNING id");
  const selectInline = store.prepare<{ bytes: Uint8Array }>("SELECT bytes FROM s3_inline WHERE id = ?");
  const deleteInline = store.prepare("DELETE FROM s3_inline WHERE id = ?");
  const intend = store.prepare("INSERT OR IGNORE INTO s3_unreferenced (blob) VALUES (?)");
  const settle = store.prepare("DELETE FROM s3_unreferenced WHERE blob = ?");
  const unreferenced = store.prepare<{ blob: string }>("SELECT blob FROM s3_unreferenced");
  const partsWithin = store.prepare<{ blob: string; start: number; size: number }>(
    "SELECT blob, start, size FROM s3_parts WHERE upload = ? AND start <= ? AND start + size > ? ORDER BY number",
  );
  const partsOf = store.prepare<{ blob: string }>("SELECT blob FROM s3_parts WHERE upload = ?");
  const deleteParts = store.prepare("DELETE FROM s3_parts WHERE upload = ?");
  const leases = createLeases();
  // Read before the first request: later rows may be of uploads on their way.
  const leftBehind = unreferenced.all();
  const journal = { name: () => hexId(random, 32), intend: (blob: string) => void intend.run(blob), cancel: (blob: string) => void settle.run(blob) };

  const erase = async (blob: string): Promise<void> => {
    await leases.free(blob);
    await blobs.delete(blob);
    settle.run(blob);
  };
  const eraseSoon = (doomed: readonly string[]): void => {
    for (const blob of doomed) erase(blob).catch((error: unknown) => log.warn("a file of a deleted object stays until the next start", { blob, error: String(error) }));
  };
  const readParts = (upload: string, { start, end }: ByteRange): Readable => {
    // Looked up and leased now, not at the first read: an overwrite may come between.
    const parts = partsWithin.all(upload, end, start);
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      for (const part of parts) {
        const from = Math.max(start - part.start, 0);
        const to = Math.min(end - part.start, part.size - 1);
        if (to >= from) yield* blobs.read(part.blob, { start: from, end: to }) as AsyncIterable<Uint8Array>;
      }
    };
    const stream = Readable.from(pieces(), { objectMode: false });
    return stream.once("close", leases.take(parts.map((part) => part.blob)));
  };
  return {
    receive: (body, options) => receive(body, blobs, { ...options, journal }),
    discard: (place) => {
      if (place.kind === "blob") eraseSoon([place.blob]);
    },
    change: (work) => {
      const doomed: string[] = [];
      const forgetBlob = (blob: string): void => {
        intend.run(blob);
        doomed.push(blob);
      };
      const result = store.transaction(() => work({
        adopt: (place) => {
          if (place.kind === "inline") return { kind: "inline", row: insertInline.get(place.bytes)?.id ?? 0 };
          settle.run(place.blob);
          return place;
        },
        forget: (content) => {
          switch (content.kind) {
            case "inline": return void deleteInline.run(content.row);
            case "blob": return forgetBlob(content.blob);
            case "parts":
              for (const { blob } of partsOf.all(content.upload)) forgetBlob(blob);
              return void deleteParts.run(content.upload);
          }
        },
        forgetBlob,
      }));
      eraseSoon(doomed);
      return result;
    },
    read: (content, range) => {
      switch (content.kind) {
        case "inline": {
          const bytes = selectInline.get(content.row)?.bytes ?? new Uint8Array(0);
          return bytes.subarray(range.start, range.end + 1);
        }
        case "blob":
          if (rangeLength(range) <= AT_ONCE_BYTES) return blobs.readSmall(content.blob, range);
          return blobs.read(content.blob, range).once("close", leases.take([content.blob]));
        case "parts": return readParts(content.upload, range);
      }
    },
    duplicate: async (content) => {
      if (content.kind === "inline") return { kind: "inline", bytes: selectInline.get(content.row)?.bytes ?? new Uint8Array(0) };
      if (content.kind === "parts") return undefined;
      const blob = journal.name();
      journal.intend(blob);
      const release = leases.take([content.blob]);
      try {
        await blobs.link(content.blob, blob);
      } finally {
        release();
      }
      return { kind: "blob", blob };
    },
    sweep: async () => {
      for (const { blob } of leftBehind) await erase(blob);
      return leftBehind.length;
    },
  };
}
