import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createGraph, type Value } from "../../src/learn/graph.ts";
import { dense } from "../../src/learn/layers.ts";
import { finishedScope, tensorsOf, trainingScope, type Scope } from "../../src/learn/network.ts";
import { ELEMENT_TYPES } from "../../src/learn/onnx.ts";
import { softmaxCrossEntropy } from "../../src/learn/operations.ts";
import { sgd } from "../../src/learn/optimizers.ts";
import { resnet } from "../../src/learn/resnet.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor } from "../../src/learn/tensors.ts";
import { createTrainingStep } from "../../src/learn/training-step.ts";
import { seededRandom } from "../../src/shared/random.ts";

const TORCH = spawnSync("/usr/bin/python3", ["-c", "import torch, torchvision"]).status === 0;
const PLAN = { batch: 4, side: 64, classes: 5, rate: 1e-3, weightDecay: 1e-3, smoothing: 0.1 };

/** Length of the difference over the length of the change: how wrong the steps were, of what they did. */
function difference(ours: Float32Array, theirs: Float32Array, before: Float32Array): number {
  let [wrong, change] = [0, 0];
  ours.forEach((value, at) => {
    wrong += (value - (theirs[at] ?? 0)) ** 2;
    change += ((theirs[at] ?? 0) - (before[at] ?? 0)) ** 2;
  });
  return Math.sqrt(wrong / (change + 1e-12));
}

const numbersOf = (bytes: Buffer): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);

interface Errors {
  readonly loss: number;
  /** Of the tensor that is furthest off. */
  readonly tensors: number;
  readonly scores: number;
}

/** How far our steps, and PyTorch's in the same precision, end from PyTorch's in double precision. */
async function errorsOf(depth: number, steps: number): Promise<{ readonly ours: Errors; readonly theirs: Errors }> {
  const { batch, side, classes } = PLAN;
  const network = (scope: Scope, x: Value): Value => dense(scope.in("fc"), resnet(scope, x, depth), classes);
  const random = seededRandom(depth);
  const { parameters, kept } = tensorsOf((scope) => void network(scope, scope.graph.input("x", [batch, 3, side, side])), random);
  const views = Float32Array.from({ length: batch * 3 * side * side }, () => random.fraction() * 2 - 1);
  const labels = Array.from({ length: batch }, (_, at) => at % classes);
  const step = await createTrainingStep<string, string>({
    parameters, kept, threads: 2,
    inputs: { x: { dims: [batch, 3, side, side], elementType: ELEMENT_TYPES.float }, labels: { dims: [batch], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, values, notes) => softmaxCrossEntropy(graph, network(trainingScope(graph, { values, notes, uniform: [] }), values["x"] as Value), { labels: values["labels"] as Value, smoothing: PLAN.smoothing }),
    optimizer: sgd({ momentum: 0.9, weightDecay: PLAN.weightDecay, nesterov: true }),
  });
  const ours: number[] = [];
  for (let at = 0; at < steps; at++) ours.push(await step.step({ x: views, labels: BigInt64Array.from(labels, BigInt) }, PLAN.rate));
  const after = { ...step.parameters(), ...step.kept() };
  const graph = createGraph("finished");
  graph.output("scores", network(finishedScope(graph, after), graph.input("x", [batch, 3, side, side])));
  const session = await createSession(graph.encode(), { threads: 2 });
  const { scores } = await session.run({ x: await toTensor(views, [batch, 3, side, side]) });

  const folder = mkdtempSync(join(tmpdir(), "sagebrush-pytorch-"));
  const tensors = { ...parameters, ...kept };
  for (const [name, { start }] of Object.entries(tensors)) writeFileSync(join(folder, `${name}.bin`), start);
  writeFileSync(join(folder, "views"), views);
  writeFileSync(join(folder, "plan.json"), JSON.stringify({
    model: `resnet${depth}`, classes, labels, views: [batch, 3, side, side], rate: PLAN.rate, weight_decay: PLAN.weightDecay, smoothing: PLAN.smoothing, steps,
    tensors: Object.fromEntries(Object.entries(tensors).map(([name, { dims }]) => [name, dims])),
  }));
  const python = spawnSync("/usr/bin/python3", [join(import.meta.dirname, "pytorch_step.py"), folder], { encoding: "utf8" });
  if (python.status !== 0) throw new Error(python.stderr);
  const read = (name: string): Float32Array => numbersOf(readFileSync(join(folder, name)));
  const losses = JSON.parse(python.stdout) as { readonly single: readonly number[]; readonly double: readonly number[] };
  const largest = (one: ArrayLike<number>, other: ArrayLike<number>): number => Math.max(...Array.from(one, (value, at) => Math.abs(value - (other[at] ?? Number.NaN))));
  const errors = (taken: readonly number[], tensor: (name: string) => Float32Array, given: Float32Array): Errors => ({
    loss: largest(taken, losses.double),
    tensors: Math.max(...Object.entries(tensors).map(([name, { start }]) => difference(tensor(name), read(`${name}.double`), start))),
    scores: largest(given, read("scores.double")),
  });
  const result = {
    ours: errors(ours, (name) => after[name] ?? new Float32Array(), floats(scores)),
    theirs: errors(losses.single, (name) => read(`${name}.single`), read("scores.single")),
  };
  rmSync(folder, { recursive: true });
  await Promise.all([step.close(), session.release()]);
  return result;
}

// A second step of the deep one shows rounding alone: PyTorch itself ends 80 % off in single precision.
for (const [depth, steps] of [[18, 2], [50, 1]] as const) {
  test.skipIf(!TORCH && !process.env["CI"])(`${steps === 1 ? "a step" : "two steps"} of a ResNet-${depth} end${steps === 1 ? "s" : ""} where PyTorch's do (skipped without torchvision in /usr/bin/python3)`, { timeout: 120_000 }, async () => {
    expect(TORCH).toBe(true);
    const { ours, theirs } = await errorsOf(depth, steps);
    // Rounding alone moves deep networks: nobody in single precision is closer to the truth than by chance.
    expect(ours.loss).toBeLessThan(3 * theirs.loss + 1e-5);
    expect(ours.tensors).toBeLessThan(3 * theirs.tensors + 1e-3);
    expect(ours.scores).toBeLessThan(3 * theirs.scores + 1e-5);
  });
}
