import type { IsolationReport } from "../../machines/index.ts";
import { findPython } from "../python.ts";
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

/** What tells pip where packages are, and how to get there; paths among them must be readable by everybody. */
const pipSettings = (environment: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value !== undefined && /^(PIP_|HTTPS?_PROXY$|NO_PROXY$)/i.test(name) ? [[name, value] as const] : [])));

/** Launchers of training programs, by image name. */
export function openTrainingRuntimes({ isolation, python: named, algorithms, environment = {} }: TrainingRuntimeOptions): TrainingRuntimes {
  const python = findPython(named);
  const find = (image: string): FoundRuntime => {
    const kind = trainingKindOf(image);
    if (kind === undefined) return { kind: "refused", reason: unknownTrainingImage(image) };
    if (kind === "python-script" && python.command() === undefined) return { kind: "refused", reason: withoutPython(image) };
    return { kind: "found", metricDefinitions: kind === "image-classification" ? algorithms[kind].metricDefinitions : undefined, followed: kind === "python-script" };
  };
  return { find, start: (machine, program) => startTraining({ isolation, python: python.facts, pip: pipSettings(environment), torchHome: environment["TORCH_HOME"] }, machine, program) };
}
