import {
  close, closeSync, constants, createReadStream, createWriteStream, fsyncSync, mkdirSync, open, openSync, read, readdirSync, readSync, renameSync, rmSync, statSync,
  unlinkSync, write, writev, writevSync,
} from "node:fs";
import { copyFile, link, rename, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { countStreamed } from "../shared/dead-buffers.ts";
import { hexId } from "../shared/ids.ts";
import type { Random } from "../shared/random.ts";

/** A blob being written. Nothing is visible until `commit`; `discard` leaves nothing behind. */
export interface BlobWriter {
  /** The id that `commit` will give, so that a record of the intention can be made first. */
  readonly id: string;
  readonly stream: Writable;
  /** Puts the finished file into place and gives its id. Call after the stream has finished. */
  commit(): Promise<string>;
  discard(): Promise<void>;
}

/** Files by id. Written beside their place and renamed into it, so a reader never sees half of one. */
export interface BlobStore {
  create(): BlobWriter;
  /** Writes some hundred KiB at most, at once: without the thread pool's five round trips, which cost more than the bytes. */
  putSmall(id: string, pieces: readonly Uint8Array[]): void;
  /** Reads some hundred KiB at most, at once. */
  readSmall(id: string, range: { readonly start: number; readonly end: number }): Uint8Array;
  /** A stream of the whole blob or of the inclusive byte range. */
  read(id: string, range?: { readonly start: number; readonly end: number }): Readable;
  /** The file's path, for linking or copying. Never write to it. */
  path(id: string): string;
  /** Gives the same bytes a second id of your choosing, without copying them where the file system can link. */
  link(id: string, as: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Every blob there is, for finding the ones that no record names after a crash. */
  list(): IterableIterator<string>;
}

const FAN_OUT = 2; // hexadecimal digits: 256 folders keep directories small

const CHUNK_BYTES = 256 * 1024;

type Call = (descriptor: number, data: Buffer | readonly Buffer[], ...rest: readonly unknown[]) => void;

/** The file system's call with the bytes that pass through it counted. */
const counting = (call: unknown): Call => (descriptor, data, ...rest) => {
  countStreamed(Array.isArray(data) ? data.reduce((sum: number, each: Buffer) => sum + each.length, 0) : (data as Buffer).length);
  (call as Call)(descriptor, data, ...rest);
};

/** What the streams use: https://nodejs.org/api/fs.html#fscreatereadstreampath-options */
const counted = { open, close, read: counting(read), write: counting(write), writev: counting(writev) } as never;

interface BlobOptions {
  readonly random: Random;
  /** `full`: bytes and names are on the disk before a blob is acknowledged. */
  readonly durability: "process" | "full";
}

/** Bytes survive power loss once their file is written, names once their folder is. https://man7.org/linux/man-pages/man2/fsync.2.html */
function syncAt(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function openBlobs(folder: string, { random, durability }: BlobOptions): BlobStore {
  const full = durability === "full";
  const incoming = join(folder, "incoming");
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  // What was being written when the process died was never acknowledged.
  for (const name of readdirSync(incoming)) rmSync(join(incoming, name), { force: true });
  const known = new Set<string>();
  const folderOf = (id: string): string => join(folder, id.slice(0, FAN_OUT));
  const pathOf = (id: string): string => join(folderOf(id), id);
  const ensureFolder = (id: string): void => {
    const place = folderOf(id);
    if (known.has(place)) return;
    mkdirSync(place, { recursive: true });
    if (full) syncAt(folder);
    known.add(place);
  };
  return {
    create() {
      const id = hexId(random, 32);
      const draft = join(incoming, id);
      const stream = createWriteStream(draft, { highWaterMark: CHUNK_BYTES, fs: counted });
      return {
        id,
        stream,
        async commit() {
          ensureFolder(id);
          if (full) syncAt(draft);
          await rename(draft, pathOf(id));
          if (full) syncAt(folderOf(id));
          return id;
        },
        async discard() {
          stream.destroy();
          await rm(draft, { force: true });
        },
      };
    },
    putSmall(id, pieces) {
      ensureFolder(id);
      const draft = join(incoming, id);
      const file = openSync(draft, "wx");
      try {
        const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
        if (size > 0 && writevSync(file, pieces) !== size) throw new Error(`the disk took only a part of ${draft}`);
        if (full) fsyncSync(file);
      } catch (error) {
        unlinkSync(draft);
        throw error;
      } finally {
        closeSync(file);
      }
      renameSync(draft, pathOf(id));
      if (full) syncAt(folderOf(id));
    },
    readSmall(id, { start, end }) {
      const bytes = Buffer.allocUnsafe(end - start + 1);
      const file = openSync(pathOf(id), "r");
      try {
        return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
      } finally {
        closeSync(file);
      }
    },
    read: (id, range) => createReadStream(pathOf(id), { highWaterMark: CHUNK_BYTES, fs: counted, ...range }),
    path: pathOf,
    async link(id, as) {
      ensureFolder(as);
      // Some file systems cannot link (FAT, some network folders): then the bytes are copied.
      await link(pathOf(id), pathOf(as)).catch(() => copyFile(pathOf(id), pathOf(as), constants.COPYFILE_FICLONE));
      if (full) syncAt(folderOf(as));
    },
    delete: (id) => unlink(pathOf(id)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    }),
    *list() {
      for (const fan of readdirSync(folder)) {
        if (fan.length !== FAN_OUT || !statSync(join(folder, fan)).isDirectory()) continue;
        yield* readdirSync(join(folder, fan));
      }
    },
  };
}
