import type { IsolationReport } from "../../machines/index.ts";
import { pythonFinder } from "../python.ts";
import { findTrainingRuntime } from "./images.ts";
import { startTraining } from "./start.ts";
import type { TrainingRuntimes } from "./types.ts";

export type { FoundRuntime, RunningTraining, SessionCredentials, TrainingOutcome, TrainingProgram, TrainingRuntimes } from "./types.ts";

/** Launchers of training programs. `python` names the interpreter for scripts; the system's when absent. */
export function openTrainingRuntimes({ isolation, python }: { readonly isolation: IsolationReport; readonly python?: string }): TrainingRuntimes {
  const ports = { isolation, python: pythonFinder(python) };
  return { find: findTrainingRuntime, start: (machine, program) => startTraining(ports, machine, program) };
}
