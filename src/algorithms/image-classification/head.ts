import type { Random } from "../../shared/random.ts";
import { ELEMENT_TYPES } from "../../learn/onnx.ts";
import type { Graph, Value } from "../../learn/graph.ts";
import { linear, softmaxCrossEntropy } from "../../learn/operations.ts";
import { createTrainingStep, type TrainingStep } from "../../learn/training-step.ts";
import { createStopper, isBetter, LABEL_SMOOTHING, optimizerOf, shuffled, type EpochHyperparameters, type EpochReport } from "./epochs.ts";
import type { HeadObserver } from "./observer.ts";
import { createScorer, type Score } from "./score.ts";
import { foldScaling, scalingOf, scaleRows } from "./scaling.ts";

/** Labelled features: `views` of each picture one after the other, `width` numbers each. */
export interface LabelledFeatures {
  readonly width: number;
  readonly views: number;
  readonly values: Float32Array;
  readonly labels: readonly number[];
}

/** A softmax layer over features as the backbone gives them: weights [width, classes] and biases [classes]. */
export interface Head {
  readonly width: number;
  readonly classes: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export interface HeadJob {
  readonly train: LabelledFeatures;
  readonly validation: LabelledFeatures;
  readonly classes: number;
  readonly hyperparameters: EpochHyperparameters;
  readonly random: Random;
  readonly threads: number;
  /** Milliseconds of a steady counter. */
  readonly monotonic: () => number;
  readonly onEpoch?: (report: EpochReport) => void;
  /** Is told of every step and epoch. */
  readonly observe?: (rows: number) => Promise<HeadObserver | undefined>;
  /** Which epoch's head is kept: the best on the validation pictures, unless told otherwise. */
  readonly keep?: "best" | "last";
  /** Ends the training after the present epoch, with what is best so far. */
  readonly signal?: AbortSignal;
}

/** What a head is trained by. */
export const headLoss = (graph: Graph, { x, labels, weight, bias }: Readonly<Record<"x" | "labels" | "weight" | "bias", Value>>): Value =>
  softmaxCrossEntropy(graph, linear(graph, x, { weight, bias }), { labels, smoothing: LABEL_SMOOTHING });

type Step = TrainingStep<"weight" | "bias", "x" | "labels">;

function createStep({ train, classes, hyperparameters, threads }: HeadJob, rows: number): Promise<Step> {
  return createTrainingStep({
    parameters: {
      // From zero: a single softmax layer has one lowest point, and nothing to break symmetry for.
      weight: { dims: [train.width, classes], start: new Float32Array(train.width * classes), decays: true },
      bias: { dims: [classes], start: new Float32Array(classes), decays: false },
    },
    inputs: { x: { dims: [rows, train.width], elementType: ELEMENT_TYPES.float }, labels: { dims: [rows], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, values) => headLoss(graph, values),
    optimizer: optimizerOf(hyperparameters),
    threads,
  });
}

/** Goes once through the pictures, a random view of each; the last batch is filled up from the beginning, as MXNet does. */
async function runEpoch(step: Step, scaled: LabelledFeatures, { rows, rate, random, observer }: { readonly rows: number; readonly rate: number; readonly random: Random; readonly observer: HeadObserver | undefined }): Promise<void> {
  const { width, views, values, labels } = scaled;
  const order = shuffled(labels.length, random);
  for (let from = 0; from < order.length; from += rows) {
    const x = new Float32Array(rows * width);
    const classes = new BigInt64Array(rows);
    for (let row = 0; row < rows; row++) {
      const picture = order[(from + row) % order.length] ?? 0;
      const start = (picture * views + Math.floor(random.fraction() * views)) * width;
      x.set(values.subarray(start, start + width), row * width);
      classes[row] = BigInt(labels[picture] ?? 0);
    }
    await observer?.before({ x, labels: classes }, step.parameters());
    const loss = await step.step({ x, labels: classes }, rate);
    observer?.after(loss, step.parameters());
  }
}

/**
 * Trains a softmax layer on cached features by mini-batches and keeps the epoch that is best on the validation pictures.
 */
export async function trainHead(job: HeadJob): Promise<{ readonly head: Head; readonly reports: readonly EpochReport[] }> {
  const { train, validation, classes, hyperparameters, random, threads } = job;
  const scaling = scalingOf(train);
  const scaledTrain = scaleRows(train, scaling);
  const rows = Math.min(hyperparameters.miniBatchSize, train.labels.length);
  const step = await createStep(job, rows);
  const observer = await job.observe?.(rows);
  const scorerOptions = { classes, threads, topK: hyperparameters.topK };
  const scoreTrain = await createScorer(scaledTrain, scorerOptions);
  const scoreValidation = await createScorer(scaleRows(validation, scaling), scorerOptions);
  const reports: EpochReport[] = [];
  let best: { readonly score: Score; readonly weight: Float32Array; readonly bias: Float32Array } | undefined;
  let rate = hyperparameters.learningRate;
  const isEnough = createStopper(hyperparameters.earlyStopping);
  for (let epoch = 0; epoch < hyperparameters.epochs; epoch++) {
    const started = job.monotonic();
    if (hyperparameters.schedule.epochs.includes(epoch)) rate *= hyperparameters.schedule.factor;
    await runEpoch(step, scaledTrain, { rows, rate, random, observer });
    const now = step.parameters();
    const validationScore = await scoreValidation.score(now);
    const isBest = job.keep === "last" || isBetter(validationScore, best?.score);
    if (isBest) best = { score: validationScore, weight: now.weight.slice(), bias: now.bias.slice() };
    const report = { epoch, train: await scoreTrain.score(now), validation: validationScore, seconds: (job.monotonic() - started) / 1000, best: isBest };
    reports.push(report);
    observer?.epoch({ train: report.train, validation: validationScore, labels: train.labels });
    job.onEpoch?.(report);
    if (isEnough(epoch, validationScore.accuracy) || job.signal?.aborted) break;
  }
  await Promise.all([observer?.close(), step.close(), scoreTrain.close(), scoreValidation.close()]);
  if (best === undefined) throw new Error("Training ran no epoch.");
  return { head: foldScaling({ width: train.width, classes, weight: best.weight, bias: best.bias }, scaling), reports };
}

