import { execFile } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonFor, type NamedPython } from "./named-pythons.ts";

/** The Python that scripts are run with. */
export interface Python {
  readonly command: string;
  readonly version: string;
  /** Its own folders, which a machine must see where they lie in somebody's home. */
  readonly folders: readonly string[];
}

export interface PythonFinder {
  /** The program; undefined when this host has none. */
  readonly command: () => string | undefined;
  /** Asks it where its libraries are; rejects when there is none or it does not run. */
  readonly facts: () => Promise<Python>;
}

const FACTS = "import json, platform, site, sys; print(json.dumps([platform.python_version(), sys.prefix, sys.base_prefix, *site.getsitepackages()]))";

/** The Python of each image. */
export type Pythons = (image: string) => PythonFinder;

/** The one that the user names for an image, else the one for all (`SAGEBRUSH_PYTHON`), else the system's. */
export function openPythons(named: readonly NamedPython[], forAll: string | undefined): Pythons {
  const finders = new Map<string | undefined, PythonFinder>();
  return (image) => {
    const configured = pythonFor(named, image) ?? forAll;
    const finder = finders.get(configured) ?? findPython(configured);
    finders.set(configured, finder);
    return finder;
  };
}

/** Finds Python when first asked: the one configured, else the system's (where Debian puts torch), else the first of PATH. */
export function findPython(configured: string | undefined, path: string = process.env["PATH"] ?? ""): PythonFinder {
  const candidates = configured === undefined ? ["/usr/bin/python3", ...path.split(":").filter(Boolean).map((folder) => join(folder, "python3"))] : [configured];
  const command = (): string | undefined => candidates.find(isProgram);
  const ask = async (): Promise<Python> => {
    const found = command();
    if (found === undefined) throw new Error(configured === undefined ? "No Python 3 was found on this host." : `${configured} is not there, or cannot be run.`);
    const { stdout } = await promisify(execFile)(found, ["-c", FACTS]);
    // Debian names folders that a virtual environment does not have.
    const [version = "", ...folders] = JSON.parse(stdout) as string[];
    return { command: found, version, folders: [...new Set(folders)].filter((folder) => existsSync(folder)) };
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
