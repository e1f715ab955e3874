import type { EpochReport } from "./epochs.ts";
import type { Skipped } from "./feature-batch.ts";

/** `metrics.json` of the artifact. Shares are from 0 to 1, measured on the validation pictures at the kept epoch. */
export interface Metrics {
  readonly validationAccuracy: number;
  readonly validationLoss: number;
  readonly trainAccuracy: number;
  /** What guessing one class at random, and what always guessing the commonest class, would get. */
  readonly chance: { readonly uniform: number; readonly commonest: number };
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly labels: readonly string[];
  /** Rows: the true class; columns: the class given. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly { readonly label: string; readonly pictures: number; readonly accuracy: number }[];
  readonly pictures: { readonly train: number; readonly validation: number; readonly skipped: readonly Skipped[] };
  readonly seconds: { readonly features: number; readonly head: number; readonly total: number };
  /** Highest resident memory of the training process, in MiB. */
  readonly peakMemoryMiB: number;
}

export interface MetricsInput {
  readonly reports: readonly EpochReport[];
  readonly labels: readonly string[];
  readonly trainLabels: readonly number[];
  readonly validationLabels: readonly number[];
  readonly skipped: readonly Skipped[];
  readonly seconds: Metrics["seconds"];
  readonly peakMemoryMiB: number;
}

/** Counts [true class][given class]. */
export function confusionMatrix(truth: readonly number[], given: readonly number[], classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  truth.forEach((label, index) => {
    const row = matrix[label];
    const column = given[index] ?? 0;
    if (row) row[column] = (row[column] ?? 0) + 1;
  });
  return matrix;
}

/** Gathers what the training found. */
export function gatherMetrics(input: MetricsInput): Metrics {
  const { reports, labels, validationLabels } = input;
  const kept = reports.findLast((report) => report.best);
  if (kept === undefined) throw new Error("Training ran no epoch.");
  const confusion = confusionMatrix(validationLabels, kept.validation.predictions, labels.length);
  const sizes = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  return {
    validationAccuracy: kept.validation.accuracy,
    validationLoss: kept.validation.loss,
    trainAccuracy: kept.train.accuracy,
    chance: { uniform: 1 / labels.length, commonest: Math.max(...sizes) / validationLabels.length },
    bestEpoch: kept.epoch,
    epochs: reports.length,
    labels,
    confusion,
    perClass: labels.map((label, index) => {
      const pictures = sizes[index] ?? 0;
      return { label, pictures, accuracy: pictures === 0 ? 0 : (confusion[index]?.[index] ?? 0) / pictures };
    }),
    pictures: { train: input.trainLabels.length, validation: validationLabels.length, skipped: input.skipped },
    seconds: input.seconds,
    peakMemoryMiB: input.peakMemoryMiB,
  };
}
