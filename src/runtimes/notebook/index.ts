import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { IsolationReport } from "../../machines/index.ts";
import type { Clock } from "../../shared/clock.ts";
import { findPython } from "../python.ts";
import { prepare, runScript, startJupyter, type NotebookPorts } from "./start.ts";
import type { NotebookRuntime } from "./types.ts";

export { idleSince } from "./activity.ts";
export { openNotebookProxy, type NotebookProxy } from "./proxy.ts";
export type { NotebookProgram, NotebookRuntime, RunningNotebook, ScriptEnd } from "./types.ts";

export interface NotebookRuntimeOptions {
  readonly isolation: IsolationReport;
  readonly clock: Clock;
  /** The Python that has jupyterlab (SAGEBRUSH_JUPYTER_PYTHON, else SAGEBRUSH_PYTHON); the system's when absent. */
  readonly python: string | undefined;
}

/** The notebook runtime: Jupyter from the user's own Python. */
export function openNotebookRuntime({ isolation, clock, python: configured }: NotebookRuntimeOptions): NotebookRuntime {
  const python = findPython(configured);
  const ports: NotebookPorts = { mounted: isolation.files === "mount-namespace", clock, python: python.facts };
  return {
    missing: async () => {
      const command = python.command();
      if (command === undefined) return configured === undefined ? "No Python 3 was found on this host: install it, then jupyterlab with python3 -m pip install jupyterlab" : `${configured} (SAGEBRUSH_JUPYTER_PYTHON) is not there, or cannot be run.`;
      return promisify(execFile)(command, ["-c", "import jupyterlab, ipykernel"]).then(() => undefined, () =>
        `JupyterLab is not installed for ${command}. Install it with: ${command} -m pip install jupyterlab boto3 (or name a Python that has it in SAGEBRUSH_JUPYTER_PYTHON and start the server again).`);
    },
    prepare: (machine, program) => prepare(ports, machine, program),
    runScript: (machine, program, script) => runScript(ports, { machine, program, script }),
    start: (machine, program, signal) => startJupyter(ports, { machine, program, signal }),
  };
}
