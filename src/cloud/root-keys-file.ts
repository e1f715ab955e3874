import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "root-keys.json";

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Leaves the root keys where the command line finds them; machines cannot see the data folder. */
export function writeRootKeys(dataFolder: string, { accessKeyId, secretAccessKey }: Keys): void {
  writeFileSync(join(dataFolder, FILE), JSON.stringify({ accessKeyId, secretAccessKey }), { mode: 0o600 });
}

/** The keys of the cloud that keeps this data folder; the well-known ones when there is none yet. */
export function readRootKeys(dataFolder: string): Keys {
  try {
    return JSON.parse(readFileSync(join(dataFolder, FILE), "utf8")) as Keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { accessKeyId: "test", secretAccessKey: "test" };
  }
}
