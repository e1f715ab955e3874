/**
 * Writes one portable ONNX file from a checkpoint: views, pooling and standardisation in the graph, a pet-breed classifier at its end.
 *   node scripts/backbone/export.ts --data DIR --checkpoint FILE --out FILE.onnx
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { UNCHANGED } from "../../src/algorithms/image-classification/augmentation.ts";
import { trainHead } from "../../src/algorithms/image-classification/head.ts";
import { decodeCheckpoint } from "../../src/learn/checkpoint.ts";
import { createGraph, type Value } from "../../src/learn/graph.ts";
import { finishedScope, type Scope } from "../../src/learn/network.ts";
import { add, concatenate, linear, mirror, multiply, scale, subtract } from "../../src/learn/operations.ts";
import { averagePool } from "../../src/learn/pooling.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor } from "../../src/learn/tensors.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { backbone, spread } from "./network.ts";
import { openSet } from "./sets.ts";

const BATCH = 16;
const INPUT = "input";
const FEATURES = 512;

const { values: options } = parseArgs({ options: { data: { type: "string" }, checkpoint: { type: "string" }, out: { type: "string" }, size: { type: "string", default: "160" } } });
if (options.data === undefined || options.checkpoint === undefined || options.out === undefined) throw new Error("Needs --data, --checkpoint and --out.");
const side = Number(options.size);
const { tensors } = decodeCheckpoint(readFileSync(options.checkpoint));
const weights = Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values]));

/** Spreads of the last maps, each the mean over a view and its mirror image; of the picture, and of the picture at half its size. */
function features(scope: Scope, x: Value): readonly Value[] {
  const { graph } = scope;
  return [x, averagePool(graph, x, 2)].map((view) => {
    const [own, other] = [view, mirror(graph, view, 3)].map((one) => spread(scope, backbone(scope.in("backbone"), one)));
    if (own === undefined || other === undefined) throw new Error("A view has a mirror image.");
    return scale(graph, add(graph, own, other), 0.5);
  });
}

/** The whole file; without a head it gives raw features. */
function build(head?: { readonly mean: Float32Array; readonly factor: Float32Array; readonly weight: Float32Array; readonly bias: Float32Array; readonly classes: readonly string[] }): Uint8Array {
  const graph = createGraph("dogs-free-small");
  const scope = finishedScope(graph, weights);
  const x = graph.input(INPUT, [BATCH, 3, side, side]);
  const rows = concatenate(graph, features(scope, x), 1);
  const free = { [INPUT]: { 0: "N", 2: "H", 3: "W" }, scores: { 0: "N" } };
  if (head === undefined) {
    graph.output("scores", rows);
    return graph.encode({ free });
  }
  const standard = multiply(graph, subtract(graph, rows, graph.weights("mean", [FEATURES], head.mean)), graph.weights("factor", [FEATURES], head.factor));
  graph.output("scores", linear(graph, standard, {
    weight: graph.weights("classifier.weight", [FEATURES, head.classes.length], head.weight), bias: graph.weights("classifier.bias", [head.classes.length], head.bias),
  }));
  return graph.encode({ free, metadata: { image_size: String(side), features: String(FEATURES), input: "RGB 0..1, ImageNet mean and std, NCHW", classes: `${head.classes.length} pet breeds` } });
}

const pets = openSet(options.data, "pets", { threads: 1, excluded: new Set() });
const session = await createSession(build(), { threads: availableParallelism() });
const rows = new Float32Array(pets.labels.length * FEATURES);
for (let from = 0; from < pets.labels.length; from += BATCH) {
  const wanted = Array.from({ length: Math.min(BATCH, pets.labels.length - from) }, (_, at) => ({ picture: from + at, turn: 0 }));
  const views = await pets.loader.views(wanted, { size: { height: side, width: side }, augmentation: UNCHANGED, seed: 0 });
  const { scores } = await session.run({ [INPUT]: await toTensor(views, [wanted.length, 3, side, side]) });
  rows.set(floats(scores), from * FEATURES);
}
await session.release();
await pets.loader.close();

const mean = new Float32Array(FEATURES);
rows.forEach((value, at) => (mean[at % FEATURES] = (mean[at % FEATURES] ?? 0) + value / pets.labels.length));
const square = new Float32Array(FEATURES);
rows.forEach((value, at) => (square[at % FEATURES] = (square[at % FEATURES] ?? 0) + (value - (mean[at % FEATURES] ?? 0)) ** 2 / pets.labels.length));
const factor = square.map((value) => 1 / (Math.sqrt(value) + 1e-4));
const standard = { width: FEATURES, views: 1, labels: pets.labels, values: rows.map((value, at) => (value - (mean[at % FEATURES] ?? 0)) * (factor[at % FEATURES] ?? 0)) };
// The head that a user's own head replaces.
const { head, reports } = await trainHead({
  train: standard, validation: standard, classes: pets.classes.length, random: seededRandom(1), threads: 1, monotonic: () => performance.now(), keep: "last",
  hyperparameters: {
    epochs: 30, miniBatchSize: 32, learningRate: 0.1, schedule: { epochs: [], factor: 0.1 }, optimizer: "sgd", momentum: 0.9, weightDecay: 1e-3,
    beta1: 0.9, beta2: 0.999, epsilon: 1e-8, gamma: 0.9, earlyStopping: undefined, topK: undefined,
  },
});
const bytes = build({ mean, factor, weight: head.weight, bias: head.bias, classes: pets.classes });
writeFileSync(options.out, bytes);
process.stdout.write(`${options.out}: ${bytes.length} bytes, ${FEATURES} features, side ${side}; on its own training pictures ${((reports.at(-1)?.train.accuracy ?? 0) * 100).toFixed(1)} %\n`);
