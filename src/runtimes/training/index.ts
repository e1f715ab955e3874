import type { IsolationReport } from "../../machines/index.ts";
import { findPython, type Python } from "../python.ts";
import { findTrainingRuntime } from "./images.ts";
import { startTraining } from "./start.ts";
import type { TrainingRuntimes } from "./types.ts";

export type { FoundRuntime, RunningTraining, SessionCredentials, TrainingOutcome, TrainingProgram, TrainingRuntimes } from "./types.ts";

/** Launchers of training programs. `python` names the interpreter for scripts; the system's when absent. */
export function openTrainingRuntimes({ isolation, python }: { readonly isolation: IsolationReport; readonly python?: string }): TrainingRuntimes {
  let found: Promise<Python> | undefined;
  // Looked for when the first script comes; asked again after a failure, for it may have been installed since.
  const lookUp = (): Promise<Python> => (found ??= findPython(python).catch((error: unknown) => {
    found = undefined;
    throw error;
  }));
  return { find: findTrainingRuntime, start: (machine, program) => startTraining({ isolation, python: lookUp }, machine, program) };
}
