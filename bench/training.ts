/** `npm run bench -- training`: pictures per second through the backbone, and seconds per epoch of the head. */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { extractFeatures } from "../src/algorithms/image-classification/features.ts";
import { trainHead, type LabelledFeatures } from "../src/algorithms/image-classification/head.ts";
import { DEFAULT_CROP_SHARE } from "../src/algorithms/image-classification/hyperparameters.ts";
import { readBackbone } from "../src/algorithms/image-classification/network.ts";
import { SHIPPED_BACKBONE } from "../src/algorithms/image-classification/training-input.ts";
import { seededRandom } from "../src/shared/random.ts";

const PICTURES = 128;
/** A usual transfer task: all dog breeds of a public set on a ResNet-50's features. */
const HEAD = { pictures: 6680, width: 2048, classes: 133, batch: 64, epochs: 3 };

export interface TrainingFigures {
  readonly threads: number;
  readonly picturesPerSecond: number;
  readonly headSecondsPerEpoch: number;
}

async function picturesPerSecond(threads: number): Promise<number> {
  const backbone = await readBackbone(SHIPPED_BACKBONE);
  const paths = globSync(join(import.meta.dirname, "..", "examples", "dog-breeds", "data", "*", "*.jpg")).sort().slice(0, PICTURES);
  const options = { backbone, size: backbone.size, cropShare: DEFAULT_CROP_SHARE, cuts: 0, seed: 1, threads };
  await extractFeatures(paths.slice(0, 16), options);
  const started = performance.now();
  await extractFeatures(paths, options);
  return (paths.length / (performance.now() - started)) * 1000;
}

async function headSecondsPerEpoch(threads: number): Promise<number> {
  const random = seededRandom(1);
  const { pictures, width, classes, batch, epochs } = HEAD;
  const some = (count: number): LabelledFeatures => ({
    width, views: 1, values: Float32Array.from({ length: count * width }, () => random.fraction() - 0.5), labels: Array.from({ length: count }, (_, index) => index % classes),
  });
  const { reports } = await trainHead({
    train: some(pictures), validation: some(classes), classes, threads, random, monotonic: () => performance.now(),
    hyperparameters: {
      epochs, miniBatchSize: batch, learningRate: 0.01, schedule: { epochs: [], factor: 0.1 }, optimizer: "adam", momentum: 0.9, weightDecay: 1e-4,
      beta1: 0.9, beta2: 0.999, epsilon: 1e-8, gamma: 0.9, earlyStopping: undefined, topK: undefined,
    },
  });
  return Math.min(...reports.map(({ seconds }) => seconds));
}

/** Measures with one thread and with all. */
export async function runTraining(): Promise<readonly TrainingFigures[]> {
  const figures: TrainingFigures[] = [];
  for (const threads of new Set([1, availableParallelism()])) {
    figures.push({ threads, picturesPerSecond: await picturesPerSecond(threads), headSecondsPerEpoch: await headSecondsPerEpoch(threads) });
  }
  process.stdout.write(`| threads | pictures/s (default backbone) | head s/epoch (${HEAD.pictures} x ${HEAD.width} to ${HEAD.classes}, Adam, batch ${HEAD.batch}) |\n|---|---|---|\n`);
  for (const one of figures) process.stdout.write(`| ${one.threads} | ${one.picturesPerSecond.toFixed(0)} | ${one.headSecondsPerEpoch.toFixed(3)} |\n`);
  return figures;
}

if (import.meta.main) await runTraining();
