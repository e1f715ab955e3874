import { relative } from "node:path";
import type { Skipped } from "./feature-batch.ts";
import type { EpochReport } from "./epochs.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { JobLog } from "./job-log.ts";
import type { Metrics } from "./metrics.ts";
import type { Size } from "./pictures.ts";

/** A log need not list every bad file of a large set. */
const NAMED_FILES = 20;

/** What the job is going to do, in the order of AWS's own log, with what differs from AWS said once. */
export function logParameters(log: JobLog, { hyperparameters: given, network, what, size, threads }: {
  readonly hyperparameters: Hyperparameters;
  /** What is trained, by names and values. */
  readonly network: Readonly<Record<string, string | number>>;
  /** What differs from AWS in it, before "on the CPU". */
  readonly what: string;
  readonly size: Size;
  readonly threads: number;
}): void {
  log.info(`use_pretrained_model: ${given.isPretrained ? 1 : 0}`);
  log.info("multi_label: 0");
  if (given.isPretrained) log.info("Using pretrained model for initializing weights and transfer learning.");
  log.info("---- Parameters ----");
  const facts: Readonly<Record<string, string | number>> = {
    ...network,
    "data type": "float32",
    epochs: given.epochs,
    "picture size": `3,${size.height},${size.width}`,
    optimizer: given.optimizer,
    momentum: given.momentum,
    weight_decay: given.weightDecay,
    learning_rate: given.learningRate,
    num_training_samples: given.numTrainingSamples,
    mini_batch_size: given.miniBatchSize,
    num_classes: given.numClasses,
    augmentation_type: given.augmentation ?? "None",
    early_stopping: given.earlyStopping ? "True" : "False",
  };
  for (const [name, value] of Object.entries(facts)) log.info(`${name}: ${value}`);
  log.info("checkpoint_frequency not set, will store the best model");
  log.info("--------------------");
  log.info(`Setting number of threads: ${threads}`);
  log.warn(`Differs from AWS: ${what} on the CPU (AWS's algorithm needs a GPU type); the artifact is an ONNX model.`);
  if (given.imageSize === undefined && (size.height !== 224 || size.width !== 224)) {
    log.info(`image_shape 3,224,224: pictures are prepared at ${size.height}x${size.width}, the size the backbone was made for.`);
  }
}

/** The last lines of a job. */
export function logResult(log: JobLog, { bestEpoch, validationAccuracy, chance, seconds, peakMemoryMiB }: Metrics): void {
  log.info(`Best model: epoch ${bestEpoch}, validation accuracy ${validationAccuracy.toFixed(6)} (chance ${chance.uniform.toFixed(6)}).`);
  log.info(`Training took ${seconds.total.toFixed(1)} s and at most ${peakMemoryMiB} MiB.`);
}

/** One epoch's lines, which the metric definitions read. */
export function logEpoch(log: JobLog, { epoch, train, validation, seconds, best }: EpochReport, topK: number | undefined): void {
  log.info(`Epoch[${epoch}] Train-accuracy=${train.accuracy.toFixed(6)}`);
  if (topK !== undefined) log.info(`Epoch[${epoch}] Train-top_k_accuracy_${topK}=${(train.topK ?? 0).toFixed(6)}`);
  log.info(`Epoch[${epoch}] Time cost=${seconds.toFixed(3)}`);
  log.info(`Epoch[${epoch}] Validation-accuracy=${validation.accuracy.toFixed(6)}`);
  if (topK !== undefined) log.info(`Epoch[${epoch}] Validation-top_k_accuracy_${topK}=${(validation.topK ?? 0).toFixed(6)}`);
  if (best) log.info(`Storing the best model with validation accuracy: ${validation.accuracy.toFixed(6)}`);
}

/** Names the pictures that could not be used. */
export function logSkipped(log: JobLog, channel: string, { total, skipped, folder }: { readonly total: number; readonly skipped: readonly Skipped[]; readonly folder: string }): void {
  if (skipped.length === 0) return;
  const more = skipped.length > NAMED_FILES ? `; and ${skipped.length - NAMED_FILES} more` : "";
  const named = skipped.slice(0, NAMED_FILES).map(({ path, reason }) => `${relative(folder, path)} ${reason}`).join("; ");
  log.warn(`Skipped ${skipped.length} of ${total} pictures in ${channel}: ${named}${more}.`);
}

/** Says at each quarter how many pictures are done. */
export function progressLogger(log: JobLog, channel: string): (done: number, total: number) => void {
  let quarter = 0;
  return (done, total) => {
    const reached = Math.floor((done / total) * 4);
    if (reached > quarter) log.info(`Features of ${done} of ${total} pictures in ${channel}.`);
    quarter = reached;
  };
}
