import type { Machine } from "../../../machines/types.ts";
import { findPython, metricDefinitionsOf, trainingRuntime } from "../../../runtimes/image.ts";
import { startTraining, type RunningTraining, type TrainingProgram } from "../../../runtimes/training/start.ts";
import type { IsolationReport } from "../../../machines/types.ts";

export type { RunningTraining, TrainingOutcome } from "../../../runtimes/training/start.ts";

/** What an image name stands for here. */
export type FoundRuntime =
  | { readonly kind: "found"; readonly metricDefinitions: readonly { readonly name: string; readonly regex: string }[] | undefined }
  | { readonly kind: "refused"; readonly reason: string };

/** The launchers of `runtimes/training`, as the supervisor uses them. */
export interface TrainingRuntimes {
  find(image: string): FoundRuntime;
  start(machine: Machine, image: string, program: TrainingProgram): Promise<RunningTraining>;
}

export function createTrainingRuntimes(isolation: IsolationReport, environment: Readonly<Record<string, string | undefined>>): TrainingRuntimes {
  const python = findPython(environment);
  return {
    find(image) {
      const runtime = trainingRuntime(image, python);
      return runtime.kind === "refused" ? runtime : { kind: "found", metricDefinitions: metricDefinitionsOf(runtime) };
    },
    start(machine, image, program) {
      const runtime = trainingRuntime(image, python);
      if (runtime.kind === "refused") throw new Error(runtime.reason);
      return startTraining(machine, runtime, { program, isolation });
    },
  };
}
