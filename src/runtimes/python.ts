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

const FACTS = "import json, site, sys; print(json.dumps([sys.prefix, sys.base_prefix, *site.getsitepackages()]))";

/**
 * Finds Python: the one configured, else the system's (where Debian puts torch), else the first of PATH. Rejects with
 * what to do when there is none.
 */
async function findPython(configured: string | undefined, path: string = process.env["PATH"] ?? ""): Promise<Python> {
  const candidates = configured === undefined ? ["/usr/bin/python3", ...path.split(":").filter(Boolean).map((folder) => join(folder, "python3"))] : [configured];
  const command = candidates.find(isProgram);
  if (command === undefined) {
    throw new Error(configured === undefined ? "No python3 is installed on this host: install it, or name one with --python." : `${configured} is not a program.`);
  }
  const { stdout } = await promisify(execFile)(command, ["-c", FACTS]);
  return { command, folders: [...new Set(JSON.parse(stdout) as string[])] };
}

/** Looks Python up when first asked, and again after a failure: it may have been installed since. */
export function pythonFinder(configured: string | undefined): () => Promise<Python> {
  let found: Promise<Python> | undefined;
  return () => (found ??= findPython(configured).catch((error: unknown) => {
    found = undefined;
    throw error;
  }));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
