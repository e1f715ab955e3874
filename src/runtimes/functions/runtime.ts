import { fileURLToPath } from "node:url";
import type { Interpreter, Interpreters } from "./interpreters.ts";

/** A program that runs handlers of one language. */
export interface FunctionRuntime {
  /** The name in the function's configuration, e.g. `nodejs22.x`. */
  readonly name: string;
  readonly language: "node" | "python";
  /** The interpreter that really runs it. */
  readonly command: string;
  readonly commandArgs: (memoryMiB: number) => readonly string[];
  /** Folders outside the machine that it needs to see. */
  readonly folders: readonly string[];
  /** The interpreter's own version, for the INIT_START line. */
  readonly version: string;
  /** In what the interpreter differs from the runtime asked for; undefined where it does not. */
  readonly deviation: string | undefined;
}

/** Places outside a machine's folder that hold our programs and the SDK they provide. */
export const BOOTSTRAP_FOLDER = fileURLToPath(new URL("./bootstrap/", import.meta.url));

const SUPPORTED = /^(?:nodejs(18|20|22|24)\.x|python(3\.(?:9|10|11|12|13|14)))$/;

/** Node's share of the memory for its old generation, as AWS's own bootstrap sets it. */
const HEAP_SHARE = 0.9;

export type RuntimeChoice =
  | { readonly kind: "supported"; readonly runtime: FunctionRuntime }
  | { readonly kind: "unsupported"; readonly reason: string };

/** Chooses what runs a runtime name. One that AWS knows and this machine cannot run is refused with the reason. */
export async function chooseRuntime(name: string, interpreters: Interpreters): Promise<RuntimeChoice> {
  const match = SUPPORTED.exec(name);
  if (match === null) return { kind: "unsupported", reason: `sagebrush runs nodejs18.x to nodejs24.x and python3.9 to python3.14; ${name} is not among them` };
  const [, node, python] = match;
  return node !== undefined ? chooseNode(name, node, interpreters.node) : choosePython(name, python ?? "", await interpreters.python());
}

function chooseNode(name: string, major: string, { command, version, folders }: Interpreter): RuntimeChoice {
  const own = version.split(".")[0];
  return {
    kind: "supported",
    runtime: {
      name, language: "node", command, folders, version: `nodejs:${version}`,
      commandArgs: (memoryMiB) => [`--max-old-space-size=${Math.floor(memoryMiB * HEAP_SHARE)}`, `${BOOTSTRAP_FOLDER}node.cjs`],
      deviation: own === major ? undefined : `${name} runs on Node ${version}`,
    },
  };
}

function choosePython(name: string, minor: string, python: Interpreter | undefined): RuntimeChoice {
  if (python === undefined) return { kind: "unsupported", reason: `${name} needs a python3 on this machine, and there is none` };
  return {
    kind: "supported",
    runtime: {
      name, language: "python", command: python.command, folders: python.folders, version: `python:${python.version}`,
      commandArgs: () => ["-X", "utf8", `${BOOTSTRAP_FOLDER}python.py`],
      deviation: python.version.startsWith(`${minor}.`) ? undefined : `${name} runs on Python ${python.version}`,
    },
  };
}
