import { mkdir, rm } from "node:fs/promises";
import { extract, type ReadEntry } from "tar";

/** Why an archive cannot be unpacked, in a sentence for the job's owner. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

export interface ArchiveLimits {
  readonly bytes: number;
  readonly entries: number;
}

const GIB = 1024 ** 3;
/** Guards of ours against archives that grow without end; AWS's own limit is the instance's volume. */
const DEFAULT_LIMITS: ArchiveLimits = { bytes: 20 * GIB, entries: 200_000 };

/** The folder itself: the SageMaker Python SDK packs models again with it in front (`tarfile.add(folder, arcname="/")`). */
const isRoot = (path: string, { type }: ReadEntry): boolean => path === "/" && type === "Directory";

/**
 * Unpacks a tar or tar.gz file into a folder, made when absent. Throws ArchiveError, leaving nothing behind, for what is no archive, grows
 * over the limits, or holds anything but files and folders inside the folder: a link could point anywhere on this machine.
 */
export async function unpackArchive(file: string, folder: string, limits: ArchiveLimits = DEFAULT_LIMITS): Promise<void> {
  let refusal: string | undefined;
  let bytes = 0;
  let entries = 0;
  const judge = (path: string, entry: ReadEntry): string | undefined => {
    bytes += entry.size ?? 0;
    entries += 1;
    if (path.startsWith("/") || path.split("/").includes("..")) return `${path} leads out of its folder`;
    if (entry.type !== "File" && entry.type !== "OldFile" && entry.type !== "Directory") return `${path} is a ${entry.type}, not a file or a folder`;
    if (bytes > limits.bytes) return `it unpacks to more than ${limits.bytes} bytes`;
    return entries > limits.entries ? `it holds more than ${limits.entries} files` : undefined;
  };
  try {
    await mkdir(folder, { recursive: true });
    await extract({
      file, cwd: folder, strict: true, preserveOwner: false, noMtime: false,
      // Once refused nothing more is written, however long the archive goes on.
      filter: (path, entry) => !isRoot(path, entry as ReadEntry) && (refusal ??= judge(path, entry as ReadEntry)) === undefined,
    });
  } catch (error) {
    refusal ??= (error as Error).message;
  }
  if (refusal === undefined && entries > 0) return;
  await rm(folder, { recursive: true, force: true });
  throw new ArchiveError(`The archive cannot be unpacked: ${refusal ?? "it is no tar archive, or empty"}.`);
}
