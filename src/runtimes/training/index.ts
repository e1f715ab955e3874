import type { IsolationReport } from "../../machines/index.ts";
import { pythonFor, type NamedPython } from "../named-pythons.ts";
import { openPythons } from "../python.ts";
import { pipSettings } from "../requirements.ts";
import { trainingKindOf, unknownTrainingImage, withoutPython } from "./images.ts";
import { startTraining } from "./start.ts";
import type { FoundRuntime, MetricDefinitions, TrainingRuntimes } from "./types.ts";

export { reasonOf } from "./failure.ts";
export { TENSOR_FILE } from "./hook.ts";
export type { FoundRuntime, MetricDefinitions, RunningTraining, SessionCredentials, TensorHook, TrainingOutcome, TrainingProgram, TrainingRuntimes } from "./types.ts";

export interface TrainingRuntimeOptions {
  readonly isolation: IsolationReport;
  /** The interpreter for scripts that none of `pythons` is for; the system's when absent. */
  readonly python: string | undefined;
  /** Those that the user names by image. */
  readonly pythons?: readonly NamedPython[];
  /** The server's own environment; of it pip's settings and TORCH_HOME reach jobs. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The metrics that AWS fixes for built-in algorithms. */
  readonly algorithms: Readonly<Record<"image-classification", { readonly metricDefinitions: MetricDefinitions }>>;
}

/** Launchers of training programs, by image name. */
export function openTrainingRuntimes({ isolation, python: forAll, pythons: named = [], algorithms, environment = {} }: TrainingRuntimeOptions): TrainingRuntimes {
  const python = openPythons(named, forAll);
  const find = (image: string): FoundRuntime => {
    const kind = trainingKindOf(image);
    if (kind === undefined) return { kind: "refused", reason: unknownTrainingImage(image) };
    if (kind === "python-script" && python(image).command() === undefined) return { kind: "refused", reason: withoutPython(image, pythonFor(named, image) ?? forAll) };
    return { kind: "found", metricDefinitions: kind === "image-classification" ? algorithms[kind].metricDefinitions : undefined, followed: kind !== "node-script", entrypoints: kind === "python-script" };
  };
  const interpreter = async (image: string): Promise<string | undefined> => {
    if (trainingKindOf(image) !== "python-script") return undefined;
    const { command, version } = await python(image).facts();
    return `Python ${version} (${command})`;
  };
  return { find, interpreter, start: (machine, program) => startTraining({ isolation, python: python(program.image).facts, pip: pipSettings(environment), torchHome: environment["TORCH_HOME"] }, machine, program) };
}
