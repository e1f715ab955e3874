import type { Machine } from "../../../machines/types.ts";
import { findPython, trainingRuntime } from "../../../runtimes/image.ts";
import { startTraining, type RunningTraining, type TrainingProgram } from "../../../runtimes/training/start.ts";
import type { IsolationReport } from "../../../machines/types.ts";

export type { RunningTraining, TrainingOutcome } from "../../../runtimes/training/start.ts";

export type MetricDefinitions = readonly { readonly name: string; readonly regex: string }[];

/** What the server knows of the built-in algorithms: their names, and the metrics that AWS fixes for them. */
export type BuiltInAlgorithms = Readonly<Record<"image-classification", { readonly metricDefinitions: MetricDefinitions }>>;

/** What an image name stands for here. */
export type FoundRuntime =
  | { readonly kind: "found"; readonly metricDefinitions: MetricDefinitions | undefined }
  | { readonly kind: "refused"; readonly reason: string };

/** The launchers of `runtimes/training`, as the supervisor uses them. */
export interface TrainingRuntimes {
  find(image: string): FoundRuntime;
  start(machine: Machine, image: string, program: TrainingProgram): Promise<RunningTraining>;
}

export interface RuntimeFacts {
  readonly isolation: IsolationReport;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly algorithms: BuiltInAlgorithms;
}

export function createTrainingRuntimes({ isolation, environment, algorithms }: RuntimeFacts): TrainingRuntimes {
  const python = findPython(environment);
  return {
    find(image) {
      const runtime = trainingRuntime(image, python);
      if (runtime.kind === "refused") return runtime;
      return { kind: "found", metricDefinitions: runtime.kind === "image-classification" ? algorithms[runtime.kind].metricDefinitions : undefined };
    },
    start(machine, image, program) {
      const runtime = trainingRuntime(image, python);
      if (runtime.kind === "refused") throw new Error(runtime.reason);
      return startTraining(machine, runtime, { program, isolation });
    },
  };
}
