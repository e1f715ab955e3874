import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

/** The Python that scripts are run with. */
export interface Python {
  readonly command: string;
  /** Its own folders, which a machine must see where they lie in somebody's home. */
  readonly folders: readonly string[];
}

export interface PythonFinder {
  /** The program; undefined when this host has none. */
  readonly command: () => string | undefined;
  /** Asks it where its libraries are; rejects when there is none or it does not run. */
  readonly facts: () => Promise<Python>;
}

const FACTS = "import json, site, sys; print(json.dumps([sys.prefix, sys.base_prefix, *site.getsitepackages()]))";

/** Finds Python when first asked: the one configured, else the system's (where Debian puts torch), else the first of PATH. */
export function findPython(configured: string | undefined, path: string = process.env["PATH"] ?? ""): PythonFinder {
  const candidates = configured === undefined ? ["/usr/bin/python3", ...path.split(":").filter(Boolean).map((folder) => join(folder, "python3"))] : [configured];
  const command = (): string | undefined => candidates.find(isProgram);
  const ask = async (): Promise<Python> => {
    const found = command();
    if (found === undefined) throw new Error("No Python 3 was found on this host.");
    const { stdout } = await promisify(execFile)(found, ["-c", FACTS]);
    return { command: found, folders: [...new Set(JSON.parse(stdout) as string[])] };
  };
  let known: Promise<Python> | undefined;
  return {
    command,
    // Asked again after a failure: it may have been installed since.
    facts: () => (known ??= ask().catch((error: unknown) => {
      known = undefined;
      throw error;
    })),
  };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
