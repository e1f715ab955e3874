import type { Random } from "../../shared/random.ts";
import { createGraph, type Value } from "../../learn/graph.ts";
import { finishedScope, tensorsOf, trainingScope, type Network } from "../../learn/network.ts";
import { ELEMENT_TYPES } from "../../learn/onnx.ts";
import { softmaxCrossEntropy } from "../../learn/operations.ts";
import { steppedRate } from "../../learn/schedules.ts";
import { createSession } from "../../learn/session.ts";
import { floats, toTensor } from "../../learn/tensors.ts";
import { createTrainingStep, type TrainingStep } from "../../learn/training-step.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { ahead, createStopper, isBetter, LABEL_SMOOTHING, optimizerOf, shuffled, type EpochHyperparameters, type EpochReport } from "./epochs.ts";
import type { HeadObserver } from "./observer.ts";
import type { Size } from "./pictures.ts";
import { scoreLogits, type Score } from "./score.ts";

/** Pictures of a channel as a network in training sees them. */
export interface Channel {
  /** The class of each picture. */
  readonly labels: readonly number[];
  /** Normalised views of pictures, as the epoch varies them. */
  views(pictures: readonly number[], epoch: number): Promise<Float32Array>;
}

export interface WholeJob {
  /** Views to logits. */
  readonly network: Network;
  readonly size: Size;
  readonly classes: number;
  readonly train: Channel;
  readonly validation: Channel;
  readonly hyperparameters: EpochHyperparameters;
  /** A source of chance for a number: the same for the same number. */
  readonly random: (number: number) => Random;
  readonly threads: number;
  /** Milliseconds of a steady counter. */
  readonly monotonic: () => number;
  readonly onEpoch: (report: EpochReport) => void;
  /** After the first step: seconds that it took, and steps of an epoch. */
  readonly onPace: (seconds: number, steps: number) => void;
  /** When a checkpoint of some epochs was found. */
  readonly onResume: (epochs: number) => void;
  readonly observe: () => Promise<HeadObserver | undefined>;
  readonly checkpoints: Checkpoints | undefined;
  /** Ends the training after the present step, with what is best so far. */
  readonly signal: AbortSignal;
}

/** The tensors of a network by name: parameters and running statistics. */
export type Weights = Readonly<Record<string, Float32Array>>;

type Step = TrainingStep<string, string>;

/** The names of the last layer's tensors, which Debugger's rules are told of. */
const LAST = { weight: "fc.weight", bias: "fc.bias" };
/** Pictures that are scored together. */
const SCORED = 32;

function createStep({ network, size, hyperparameters, random, threads }: WholeJob, rows: number): Promise<Step> {
  const dims = [rows, 3, size.height, size.width];
  const { parameters, kept } = tensorsOf((scope) => void network(scope, scope.graph.input("x", dims)), random(0));
  return createTrainingStep<string, string>({
    parameters, kept, threads, optimizer: optimizerOf(hyperparameters),
    inputs: { x: { dims, elementType: ELEMENT_TYPES.float }, labels: { dims: [rows], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, values, notes) => {
      const { x, labels } = values;
      if (x === undefined || labels === undefined) throw new Error("A step has pictures and labels.");
      const logits = network(trainingScope(graph, { values, notes, uniform: [] }), x);
      notes.report("logits", logits);
      return softmaxCrossEntropy(graph, logits, { labels, smoothing: LABEL_SMOOTHING });
    },
  });
}

interface PictureBatch {
  readonly pictures: readonly number[];
  readonly x: Float32Array;
  /** How many of them the epoch has not seen. */
  readonly fresh: number;
}

/** Every picture once, the last batch filled up from the beginning, as MXNet does. */
const batchesOf = ({ train }: WholeJob, { order, rows, epoch }: { readonly order: Uint32Array; readonly rows: number; readonly epoch: number }): AsyncGenerator<PictureBatch> => ahead(Math.ceil(order.length / rows), async (index) => {
  const from = index * rows;
  const pictures = Array.from({ length: rows }, (_, row) => order[(from + row) % order.length] ?? 0);
  return { pictures, x: await train.views(pictures, epoch), fresh: Math.min(rows, order.length - from) };
});

interface EpochRun {
  readonly job: WholeJob;
  readonly step: Step;
  readonly rows: number;
  readonly epoch: number;
  readonly observer: HeadObserver | undefined;
}

/** Resolves to how well the pictures were told while they passed; undefined when it was ended before the last. */
async function runEpoch({ job, step, rows, epoch, observer }: EpochRun): Promise<Score | undefined> {
  const { train: { labels }, classes, hyperparameters } = job;
  const rate = steppedRate(epoch, { rate: hyperparameters.learningRate, epochs: hyperparameters.schedule.epochs, factor: hyperparameters.schedule.factor });
  const logits = new Float32Array(labels.length * classes);
  const began = job.monotonic();
  let isFirst = epoch === 0;
  for await (const { pictures, x, fresh } of batchesOf(job, { order: shuffled(labels.length, job.random(epoch + 1)), rows, epoch })) {
    if (job.signal.aborted) return undefined;
    const loss = await step.step({ x, labels: BigInt64Array.from(pictures, (picture) => BigInt(labels[picture] ?? 0)) }, rate);
    if (isFirst) job.onPace((job.monotonic() - began) / 1000, Math.ceil(labels.length / rows));
    isFirst = false;
    const given = step.reports()["logits"] ?? new Float32Array();
    pictures.slice(0, fresh).forEach((picture, row) => logits.set(given.subarray(row * classes, (row + 1) * classes), picture * classes));
    const parameters = step.parameters();
    observer?.after(loss, { weight: parameters[LAST.weight] ?? new Float32Array(), bias: parameters[LAST.bias] ?? new Float32Array() });
  }
  return scoreLogits(logits, labels, { classes, topK: hyperparameters.topK });
}

/** The network with its weights as numbers in it, for any number of pictures: the bytes of an ONNX file. */
export function finishedModel({ network, size }: Pick<WholeJob, "network" | "size">, weights: Weights, { output, finish, metadata }: {
  readonly output: string;
  readonly finish: (graph: ReturnType<typeof createGraph>, logits: Value) => Value;
  readonly metadata?: Readonly<Record<string, string>>;
}): Uint8Array {
  const graph = createGraph("image-classification");
  const x = graph.input(INPUT, [1, 3, size.height, size.width]);
  graph.output(output, finish(graph, network(finishedScope(graph, weights), x)));
  return graph.encode({ free: { [INPUT]: { 0: "batch" }, [output]: { 0: "batch" } }, ...(metadata !== undefined && { metadata }) });
}

/** The name of a whole network's input. */
export const INPUT = "input";

async function scoreValidation(job: WholeJob, weights: Weights): Promise<Score> {
  const { validation: { labels, views }, size, classes, hyperparameters, threads } = job;
  const session = await createSession(finishedModel(job, weights, { output: "logits", finish: (_, logits) => logits }), { threads });
  const logits = new Float32Array(labels.length * classes);
  for (let from = 0; from < labels.length; from += SCORED) {
    const pictures = Array.from({ length: Math.min(SCORED, labels.length - from) }, (_, at) => from + at);
    const results = await session.run({ [INPUT]: await toTensor(await views(pictures, 0), [pictures.length, 3, size.height, size.width]) });
    logits.set(floats(results["logits"]), from * classes);
  }
  await session.release();
  return scoreLogits(logits, labels, { classes, topK: hyperparameters.topK });
}

const copied = (tensors: Weights): Weights => Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, values.slice()]));

/** Trains all layers of a network by mini-batches and keeps the epoch that is best on the validation pictures. Undefined when it was stopped before the first epoch's end. */
export async function trainNetwork(job: WholeJob): Promise<{ readonly weights: Weights; readonly reports: readonly EpochReport[] } | undefined> {
  const { hyperparameters, checkpoints } = job;
  const rows = Math.min(hyperparameters.miniBatchSize, job.train.labels.length);
  const step = await createStep(job, rows);
  const observer = await job.observe();
  const isEnough = createStopper(hyperparameters.earlyStopping);
  const before = await checkpoints?.load();
  if (before !== undefined) {
    await step.restore(before.state);
    job.onResume(before.reports.length);
  }
  const reports: EpochReport[] = [...(before?.reports ?? [])];
  let best = before?.best;
  let isOver = reports.reduce((sofar, { epoch, validation }) => isEnough(epoch, validation.accuracy) || sofar, false);
  for (let epoch = reports.length; epoch < hyperparameters.epochs && !isOver; epoch++) {
    const started = job.monotonic();
    const train = await runEpoch({ job, step, rows, epoch, observer });
    if (train === undefined) break;
    const weights = { ...step.parameters(), ...step.kept() };
    const validation = await scoreValidation(job, weights);
    const isBest = isBetter(validation, reports.findLast((report) => report.best)?.validation);
    if (isBest) best = copied(weights);
    const report = { epoch, train, validation, seconds: (job.monotonic() - started) / 1000, best: isBest };
    reports.push(report);
    observer?.epoch({ train, validation, labels: job.train.labels });
    job.onEpoch(report);
    isOver = isEnough(epoch, validation.accuracy) || job.signal.aborted;
    if (best !== undefined) await checkpoints?.save({ epoch, state: step.state(), best, reports });
  }
  await Promise.all([observer?.close(), step.close()]);
  return best === undefined ? undefined : { weights: best, reports };
}
