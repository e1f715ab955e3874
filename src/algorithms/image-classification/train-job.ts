import type { Clock } from "../../shared/clock.ts";
import { ClientError } from "./client-error.ts";
import { ENVIRONMENT } from "./contract.ts";
import { deviations, parseHyperparameters, type Hyperparameters } from "./hyperparameters.ts";
import { trainOnFeatures } from "./head-job.ts";
import type { JobLog } from "./job-log.ts";
import type { Layout } from "./layout.ts";
import { checkConfiguration, readDataset, readHyperparameters, type Dataset } from "./training-input.ts";
import { trainWhole } from "./whole-job.ts";

export interface TrainingContext {
  readonly layout: Layout;
  readonly log: JobLog;
  readonly clock: Clock;
  readonly threads: number;
  /** The program's: on several hosts it says where they meet. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What Debugger's rules want to know of (SAGEBRUSH_HOOK). */
  readonly hook?: string | undefined;
  /** Stops the job: with the best model so far, when there is one. */
  readonly signal: AbortSignal;
}

/** AWS's algorithm has no hyperparameter for it; a fixed one makes a job repeatable. */
export const SEED = 20180101;

/** A job whose settings and lists have been read. */
export interface PreparedJob {
  readonly context: TrainingContext;
  readonly hyperparameters: Hyperparameters;
  readonly dataset: Dataset;
  /** When the program began, by the steady counter. */
  readonly started: number;
}

/** Runs a training job from its folders to its artifact. Throws ClientError for the customer's mistakes, the signal's reason when stopped before any model. */
export async function runTrainingJob(context: TrainingContext): Promise<void> {
  const { layout, log, clock } = context;
  const started = clock.monotonic();
  const given = await readHyperparameters(layout);
  log.info(`Reading provided configuration from ${layout.hyperparameters}: ${JSON.stringify(given)}`);
  const hyperparameters = parseHyperparameters(given);
  await checkConfiguration(layout);
  const dataset = await readDataset(layout, hyperparameters.numClasses, log);
  for (const note of deviations(given)) log.warn(note);
  if (dataset.train.length !== hyperparameters.numTrainingSamples) {
    log.warn(`num_training_samples is ${hyperparameters.numTrainingSamples}, but the list has ${dataset.train.length} pictures; the list counts.`);
  }
  const job = { context, hyperparameters, dataset, started };
  await (hyperparameters.isPretrained && trainedLayers(context) === "head" ? trainOnFeatures(job) : trainWhole(job));
}

/** AWS's algorithm has no hyperparameter for it and takes no unknown one, so it is a variable of the job's Environment, which AWS's algorithm ignores. */
function trainedLayers({ environment = {} }: TrainingContext): "head" | "all" {
  const asked = environment[ENVIRONMENT.trainedLayers] ?? "head";
  if (asked !== "head" && asked !== "all") throw new ClientError(`The variable ${ENVIRONMENT.trainedLayers} is '${asked}'; it takes 'head' (a new last layer on a frozen network) or 'all' (every layer).`);
  return asked;
}
