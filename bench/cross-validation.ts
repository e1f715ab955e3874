import type { EpochHyperparameters } from "../src/algorithms/image-classification/epochs.ts";
import { trainHead, type Head, type LabelledFeatures } from "../src/algorithms/image-classification/head.ts";
import { createScorer } from "../src/algorithms/image-classification/score.ts";
import { seededRandom } from "../src/shared/random.ts";

/** Features of all pictures with their classes and the folds they are in; `views` rows for each picture, its middle first. */
export interface FoldedFeatures {
  readonly width: number;
  readonly views: number;
  readonly values: Float32Array;
  readonly labels: readonly number[];
  readonly classes: number;
  /** Numbers of the pictures of each fold. */
  readonly folds: readonly (readonly number[])[];
}

export interface Setting {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** One fold held out, for one seed. */
export interface FoldResult {
  readonly fold: number;
  readonly seed: number;
  readonly setting: Setting;
  /** Which of the ways to prepare the pictures was chosen, by its number. */
  readonly preparation: number;
  readonly epochs: number;
  /** Accuracy on the held-out fold of the head as a training job leaves it, its validation pictures being the inner split's. */
  readonly job: number;
  /** The same for the setting and number of epochs of the inner split, trained again on all pictures that are not held out. */
  readonly refitted: number;
  /** Classes given to the held-out pictures by the latter, in the order of the fold. */
  readonly predictions: readonly number[];
}

/** AWS's defaults are in the middle of it. */
export const SETTINGS: readonly Setting[] = [0.03, 0.1, 0.3].flatMap((learningRate) => [1e-4, 1e-3].map((weightDecay) => ({ learningRate, weightDecay })));

const hyperparameters = (setting: Setting, epochs: number, isStopping: boolean): EpochHyperparameters => ({
  epochs, miniBatchSize: 32, ...setting, schedule: { epochs: [], factor: 0.1 }, optimizer: "sgd", momentum: 0.9, beta1: 0.9, beta2: 0.999,
  epsilon: 1e-8, gamma: 0.9, topK: undefined, earlyStopping: isStopping ? { minEpochs: 10, patience: 10, tolerance: 0 } : undefined,
});

/** Some pictures' features: all their views to learn from, or the middle alone to be tested on. */
function select({ width, views, values, labels }: FoldedFeatures, pictures: readonly number[], kept: number): LabelledFeatures {
  const picked = new Float32Array(pictures.length * kept * width);
  pictures.forEach((picture, at) => picked.set(values.subarray(picture * views * width, (picture * views + kept) * width), at * kept * width));
  return { width, views: kept, values: picked, labels: pictures.map((picture) => labels[picture] ?? 0) };
}

async function accuracyOf(head: Head, features: LabelledFeatures): Promise<{ readonly accuracy: number; readonly loss: number }> {
  const scorer = await createScorer(features, { classes: head.classes, threads: 1 });
  const score = await scorer.score(head);
  await scorer.close();
  return score;
}

/**
 * Holds one fold out; `views` of each picture are learnt from. Setting, number of epochs and, where there are several, the preparation
 * of the pictures are chosen on an inner split of the other folds; the held-out pictures are looked at once, at the end.
 */
export async function holdOut(preparations: readonly FoldedFeatures[], { fold, seed, views }: { readonly fold: number; readonly seed: number; readonly views: number }): Promise<FoldResult> {
  const [data] = preparations;
  if (data === undefined) throw new Error("There are no features.");
  const others = data.folds.map((_, index) => index).filter((index) => index !== fold);
  // Another fold is the inner validation set for each seed.
  const inner = others[(fold + seed) % others.length] ?? 0;
  const pictures = (folds: readonly number[]): readonly number[] => folds.flatMap((index) => data.folds[index] ?? []);
  const common = { classes: data.classes, threads: 1, monotonic: () => performance.now() };

  let best: { readonly preparation: number; readonly setting: Setting; readonly head: Head; readonly epochs: number; readonly accuracy: number; readonly loss: number } | undefined;
  for (const [preparation, features] of preparations.entries()) {
    const train = select(features, pictures(others.filter((index) => index !== inner)), views);
    const validation = select(features, pictures([inner]), 1);
    for (const setting of SETTINGS) {
      const { head, reports } = await trainHead({ ...common, train, validation, hyperparameters: hyperparameters(setting, 30, true), random: seededRandom(seed) });
      const kept = reports.findLast((report) => report.best);
      if (kept === undefined) throw new Error("Training ran no epoch.");
      const { accuracy, loss } = kept.validation;
      const isBetter = best === undefined || accuracy > best.accuracy || (accuracy === best.accuracy && loss < best.loss);
      if (isBetter) best = { preparation, setting, head, epochs: kept.epoch + 1, accuracy, loss };
    }
  }
  const chosen = best === undefined ? undefined : preparations[best.preparation];
  if (best === undefined || chosen === undefined) throw new Error("There was no setting to try.");
  const heldOut = select(chosen, pictures([fold]), 1);
  const { reports } = await trainHead({
    ...common, train: select(chosen, pictures(others), views), validation: heldOut, hyperparameters: hyperparameters(best.setting, best.epochs, false), random: seededRandom(seed), keep: "last",
  });
  const last = reports.at(-1);
  if (last === undefined) throw new Error("Training ran no epoch.");
  return {
    fold, seed, setting: best.setting, preparation: best.preparation, epochs: best.epochs,
    job: (await accuracyOf(best.head, heldOut)).accuracy,
    refitted: last.validation.accuracy,
    predictions: last.validation.predictions,
  };
}

/** Mean and standard error over folds, each fold's figure being the mean of its seeds (seeds see the same pictures). */
export function meanOverFolds(results: readonly FoldResult[], value: (result: FoldResult) => number): { readonly mean: number; readonly standardError: number } {
  const folds = [...new Set(results.map(({ fold }) => fold))];
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const perFold = folds.map((fold) => mean(results.filter((result) => result.fold === fold).map(value)));
  const middle = mean(perFold);
  const variance = perFold.reduce((sum, number) => sum + (number - middle) ** 2, 0) / (perFold.length - 1);
  return { mean: middle, standardError: Math.sqrt(variance / perFold.length) };
}
