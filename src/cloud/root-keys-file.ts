import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "root-keys.json";

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What every client's examples sign with. */
export const WELL_KNOWN_KEYS: Keys = { accessKeyId: "test", secretAccessKey: "test" };

/** Leaves the root keys where the command line finds them; machines cannot see the data folder. */
export function writeRootKeys(dataFolder: string, { accessKeyId, secretAccessKey }: Keys): void {
  const draft = join(dataFolder, `${FILE}.new`);
  // Removed first, since a mode is given to new files only; renamed, so that a kill in the middle leaves no half of it.
  rmSync(draft, { force: true });
  writeFileSync(draft, JSON.stringify({ accessKeyId, secretAccessKey }), { mode: 0o600 });
  renameSync(draft, join(dataFolder, FILE));
}

/** The keys of the cloud that keeps this data folder; the well-known ones when there is none yet. */
export function readRootKeys(dataFolder: string): Keys {
  try {
    return JSON.parse(readFileSync(join(dataFolder, FILE), "utf8")) as Keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return WELL_KNOWN_KEYS;
  }
}
