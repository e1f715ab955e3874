import { createWriteStream } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fromBufferPromise, type Entry, type ZipFile } from "yauzl";

/** 250 MB unpacked, layers included. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_UNPACKED_BYTES = 262_144_000;
/** A guard of ours: AWS names no number of files, and this many empty ones would take minutes and all inodes. */
const MAX_ENTRIES = 100_000;

/** Why a package cannot be unpacked. */
export class UnpackError extends Error {
  override readonly name = "UnpackError";
  readonly kind: "unreadable" | "too-large";
  constructor(kind: "unreadable" | "too-large", message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;
const UNIX = 3;

/**
 * Unpacks a deployment package into an empty folder. Throws UnpackError, leaving nothing behind, for what is no zip file,
 * grows over the limit (counted as it is written, whatever the archive claims), leaves the folder, or holds anything but
 * files and folders: a link could point anywhere on this machine.
 */
export async function unpackPackage(zip: Buffer, folder: string, maxBytes: number = MAX_UNPACKED_BYTES): Promise<{ readonly bytes: number; readonly files: number }> {
  try {
    // strictFileNames: a backslash is no separator here. yauzl itself refuses absolute names and `..`.
    const archive = await fromBufferPromise(zip, { strictFileNames: true, validateEntrySizes: true });
    if (archive.entryCount > MAX_ENTRIES) throw new UnpackError("unreadable", `the package has ${archive.entryCount} entries`);
    await mkdir(folder, { recursive: true });
    let left = maxBytes;
    let files = 0;
    const made = new Set<string>();
    for await (const entry of archive.eachEntry()) {
      const mode = checkedMode(entry);
      const place = join(folder, entry.fileName);
      const parent = entry.fileName.endsWith("/") ? place : dirname(place);
      if (!made.has(parent)) await mkdir(parent, { recursive: true });
      made.add(parent);
      if (entry.fileName.endsWith("/")) continue;
      left = await writeEntry({ archive, entry, place, left });
      // Whatever the server's umask: functions run as other users.
      await chmod(place, (mode & 0o111) !== 0 ? 0o755 : 0o644);
      files += 1;
    }
    return { bytes: maxBytes - left, files };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error instanceof UnpackError ? error : new UnpackError("unreadable", (error as Error).message, { cause: error });
  }
}

/** The entry's Unix mode; refuses what is neither a file nor a folder, and what is encrypted. */
function checkedMode(entry: Entry): number {
  if (entry.isEncrypted()) throw new UnpackError("unreadable", `${entry.fileName} is encrypted`);
  const mode = entry.versionMadeBy >>> 8 === UNIX ? entry.externalFileAttributes >>> 16 : 0;
  const type = mode & FILE_TYPE;
  if (type !== 0 && type !== REGULAR && type !== FOLDER) throw new UnpackError("unreadable", `${entry.fileName} is a link or a special file`);
  return mode;
}

interface EntryToWrite {
  readonly archive: ZipFile;
  readonly entry: Entry;
  readonly place: string;
  /** Bytes that may still be written. */
  readonly left: number;
}

async function writeEntry({ archive, entry, place, left }: EntryToWrite): Promise<number> {
  if (entry.uncompressedSize > left) throw new UnpackError("too-large", `the package unpacks to more than the limit at ${entry.fileName}`);
  const source = await archive.openReadStreamPromise(entry);
  let rest = left;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest -= chunk.length;
      if (rest < 0) done(new UnpackError("too-large", `the package unpacks to more than the limit at ${entry.fileName}`));
      else done(null, chunk);
    },
  });
  await pipeline(source, counted, createWriteStream(place));
  return rest;
}
