import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { join } from "node:path";
import { requirePlainFolder } from "../transfer.ts";

export interface HostFolder {
  readonly host: string;
  readonly folder: string;
}

/**
 * Puts what every host wrote into one new folder, as AWS makes one artifact of all hosts'. Gives the paths that several wrote.
 * Deviates from AWS, where the last upload wins: the first host's file stays, so that the result does not depend on timing.
 */
export async function mergeFolders(sources: readonly HostFolder[], into: string): Promise<readonly string[]> {
  await mkdir(into, { recursive: true });
  const writers = new Map<string, string[]>();
  for (const { host, folder } of sources) {
    await requirePlainFolder(folder);
    await mergeFolder({ from: folder, into, wrote: (path) => writers.set(path, [...(writers.get(path) ?? []), host]) }, "");
  }
  return [...writers].filter(([, hosts]) => hosts.length > 1).map(([path, hosts]) => `${path} (${hosts.join(", ")})`).toSorted();
}

interface Merge {
  readonly from: string;
  readonly into: string;
  readonly wrote: (path: string) => unknown;
}

/** Never through a link: a program could have left one that leads out of its machine. */
async function mergeFolder(merge: Merge, below: string): Promise<void> {
  const { from, into, wrote } = merge;
  for (const name of await readdir(join(from, below))) {
    const path = join(below, name);
    const source = await lstat(join(from, path));
    const there = await lstat(join(into, path)).catch(() => undefined);
    if (source.isDirectory() && (there === undefined || there.isDirectory())) {
      if (there === undefined) await mkdir(join(into, path));
      await mergeFolder(merge, path);
      continue;
    }
    wrote(path);
    if (there !== undefined) continue;
    if (source.isFile()) await copyFile(join(from, path), join(into, path), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    else if (source.isSymbolicLink()) await symlink(await readlink(join(from, path)), join(into, path));
  }
}
