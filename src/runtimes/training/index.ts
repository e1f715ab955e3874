import type { IsolationReport } from "../../machines/index.ts";
import { findPython } from "../python.ts";
import { pipSettings } from "../requirements.ts";
import { trainingKindOf, unknownTrainingImage, withoutPython } from "./images.ts";
import { startTraining } from "./start.ts";
import type { FoundRuntime, MetricDefinitions, TrainingRuntimes } from "./types.ts";

export { reasonOf } from "./failure.ts";
export { TENSOR_FILE } from "./hook.ts";
export type { FoundRuntime, MetricDefinitions, RunningTraining, SessionCredentials, TensorHook, TrainingOutcome, TrainingProgram, TrainingRuntimes } from "./types.ts";

export interface TrainingRuntimeOptions {
  readonly isolation: IsolationReport;
  /** The interpreter for scripts; the system's when absent. */
  readonly python: string | undefined;
  /** The server's own environment; of it pip's settings and TORCH_HOME reach jobs. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The metrics that AWS fixes for built-in algorithms. */
  readonly algorithms: Readonly<Record<"image-classification", { readonly metricDefinitions: MetricDefinitions }>>;
}

/** Launchers of training programs, by image name. */
export function openTrainingRuntimes({ isolation, python: named, algorithms, environment = {} }: TrainingRuntimeOptions): TrainingRuntimes {
  const python = findPython(named);
  const find = (image: string): FoundRuntime => {
    const kind = trainingKindOf(image);
    if (kind === undefined) return { kind: "refused", reason: unknownTrainingImage(image) };
    if (kind === "python-script" && python.command() === undefined) return { kind: "refused", reason: withoutPython(image) };
    return { kind: "found", metricDefinitions: kind === "image-classification" ? algorithms[kind].metricDefinitions : undefined, followed: kind !== "node-script", entrypoints: kind === "python-script" };
  };
  return { find, start: (machine, program) => startTraining({ isolation, python: python.facts, pip: pipSettings(environment), torchHome: environment["TORCH_HOME"] }, machine, program) };
}
