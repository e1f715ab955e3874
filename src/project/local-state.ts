import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What `up` has worked out and can skip next time, by the hash of what it was worked out from. Losing the file costs
 * time, never correctness: names alone find what was made.
 */
export interface LocalState {
  get<T>(kind: string, hash: string): T | undefined;
  put(kind: string, hash: string, value: unknown): Promise<void>;
}

interface Entry {
  readonly hash: string;
  readonly value: unknown;
}

export async function openLocalState(folder: string, project: string): Promise<LocalState> {
  const file = join(folder, `${project}.json`);
  const entries = await read(file);
  return {
    get: <T>(kind: string, hash: string) => (entries[kind]?.hash === hash ? (entries[kind].value as T) : undefined),
    async put(kind, hash, value) {
      entries[kind] = { hash, value };
      await mkdir(folder, { recursive: true });
      // Renamed into place: a kill in the middle leaves the old file.
      await writeFile(`${file}.new`, JSON.stringify(entries, undefined, 1));
      await rename(`${file}.new`, file);
    },
  };
}

async function read(file: string): Promise<Record<string, Entry>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, Entry>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return {};
    throw error;
  }
}
