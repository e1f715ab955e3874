import { execFile } from "node:child_process";
import { chmodSync, closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readSync, realpathSync, rmSync, statSync } from "node:fs";
import { lchown, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Makes a machine's folder: the server's own, so that the machine cannot replace the folders in it, with a /tmp the machine owns. */
export async function makeFolder(folder: string, uid: number | undefined): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "tmp"), { mode: 0o700 });
  if (uid !== undefined) await lchown(join(folder, "tmp"), uid, uid);
}

/**
 * Removes a machine's folder, whatever its programs made of it. False when something is left; never rejects. Our own walk
 * fails at folders made unreadable (an ordinary user's server) and at those nested deeper than a path can be long, which
 * the system's `rm` enters one by one.
 */
export async function removeFolder(folder: string): Promise<boolean> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch {
    await run("chmod", ["-R", "u+rwX", folder]).catch(() => undefined);
    await run("rm", ["-rf", "--", folder]).catch(() => undefined);
  }
  return !existsSync(folder);
}

/** Gives a file or a folder with everything in it to the machine's user. Symbolic links themselves, never what they name. */
export async function giveTo(path: string, uid: number): Promise<void> {
  await lchown(path, uid, uid);
  if (!lstatSync(path).isDirectory()) return;
  for (const entry of await readdir(path)) await giveTo(join(path, entry), uid);
}

export const insideOf = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/**
 * Reads a file that a program on a machine wrote, whatever it really is: a link out of the folder, a pipe that nobody
 * fills, a file without end. At most `maxBytes` from the offset, or undefined when there is no such plain file.
 */
export function readMachineFile(folder: string, path: string, { maxBytes, offset = 0 }: { readonly maxBytes: number; readonly offset?: number }): Buffer | undefined {
  try {
    const real = realpathSync(dirname(join(folder, path)));
    if (!insideOf(real, realpathSync(folder))) return undefined;
    const file = openSync(join(real, path.slice(path.lastIndexOf("/") + 1)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = fstatSync(file);
      if (!facts.isFile()) return undefined;
      const buffer = Buffer.alloc(Math.max(0, Math.min(maxBytes, facts.size - offset)));
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, offset));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** The outermost folder above `path` that a user other than its owner cannot pass through. */
export function barrierAbove(path: string): string | undefined {
  const parents: string[] = [];
  for (let above = dirname(path); above !== "/"; above = dirname(above)) parents.unshift(above);
  return parents.find((parent) => {
    try {
      return (statSync(parent).mode & 0o001) === 0;
    } catch {
      return false;
    }
  });
}
