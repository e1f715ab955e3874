import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** An interpreter of this machine. */
export interface Interpreter {
  readonly command: string;
  readonly version: string;
  /** Folders that hold it and its libraries: machines must see them. */
  readonly folders: readonly string[];
}

export interface Interpreters {
  readonly node: Interpreter;
  /** Looked for when first asked; undefined when the machine has none. */
  readonly python: () => Promise<Interpreter | undefined>;
}

const run = promisify(execFile);
const PROBE = "import json, platform, sys; print(json.dumps([sys.executable, platform.python_version(), sys.prefix, sys.base_prefix]))";
const PROBE_LIMIT_MS = 10_000;

/** The Node that runs this server, and the `python3` on its PATH (the real one behind pyenv's shims: a shim costs 50 ms). */
export function findInterpreters(): Interpreters {
  let python: Promise<Interpreter | undefined> | undefined;
  return {
    node: { command: process.execPath, version: process.versions.node, folders: [dirname(process.execPath)] },
    python: () => (python ??= findPython()),
  };
}

async function findPython(): Promise<Interpreter | undefined> {
  try {
    const { stdout } = await run("python3", ["-c", PROBE], { timeout: PROBE_LIMIT_MS });
    const [command, version, ...folders] = JSON.parse(stdout) as [string, string, string, string];
    return { command, version, folders: [...new Set(folders)].filter((folder) => folder !== "/usr") };
  } catch {
    return undefined;
  }
}
