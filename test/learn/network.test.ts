import { describe, expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/learn/checkpoint.ts";
import { createGraph, type Value } from "../../src/learn/graph.ts";
import { convolve, dense, dropout, normalize } from "../../src/learn/layers.ts";
import { finishedScope, tensorsOf, trainingScope, type Network } from "../../src/learn/network.ts";
import { ELEMENT_TYPES } from "../../src/learn/onnx.ts";
import { add, multiply, relu, scale, softmaxCrossEntropy, sum } from "../../src/learn/operations.ts";
import { adam, sgd } from "../../src/learn/optimizers.ts";
import { globalAverage } from "../../src/learn/pooling.ts";
import { resnet, RESNET_DEPTHS } from "../../src/learn/resnet.ts";
import { cosineSchedule, linearSchedule, steppedRate } from "../../src/learn/schedules.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor } from "../../src/learn/tensors.ts";
import { createTrainingStep, type TrainingStep } from "../../src/learn/training-step.ts";
import { seededRandom } from "../../src/shared/random.ts";

const SIDE = 8;
const CLASSES = 3;

/** Learns which way the stripes go. */
const network: Network = (scope, x) => {
  const maps = relu(scope.graph, normalize(scope.in("bn"), convolve(scope.in("conv"), x, { maps: 8, kernel: 3 })));
  return dense(scope.in("fc"), globalAverage(scope.graph, multiply(scope.graph, maps, maps)), CLASSES);
};

function stripes(count: number, seed: number): { readonly x: Float32Array; readonly labels: BigInt64Array } {
  const random = seededRandom(seed);
  const labels = BigInt64Array.from({ length: count }, (_, at) => BigInt(at % CLASSES));
  const x = Float32Array.from({ length: count * 3 * SIDE * SIDE }, (_, at) => {
    const [column, row, picture] = [at % SIDE, Math.floor(at / SIDE) % SIDE, Math.floor(at / (3 * SIDE * SIDE))];
    const place = [row, column, row + column][picture % CLASSES] ?? 0;
    return (place % 2) * 2 - 1 + (random.fraction() - 0.5);
  });
  return { x, labels };
}

type Step = TrainingStep<string, string>;

async function trainer({ rows = 12, shards = 1, seed = 1, maxNorm }: { readonly rows?: number; readonly shards?: number; readonly seed?: number; readonly maxNorm?: number } = {}): Promise<Step> {
  const { parameters, kept } = tensorsOf((scope) => void network(scope, scope.graph.input("x", [rows / shards, 3, SIDE, SIDE])), seededRandom(seed));
  return createTrainingStep<string, string>({
    parameters, kept, threads: 2, shards, ...(maxNorm !== undefined && { maxNorm }),
    inputs: { x: { dims: [rows, 3, SIDE, SIDE], elementType: ELEMENT_TYPES.float }, labels: { dims: [rows], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, values, notes) => softmaxCrossEntropy(graph, network(trainingScope(graph, { values, notes, uniform: [] }), values["x"] as Value), { labels: values["labels"] as Value }),
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4, nesterov: true }),
  });
}

async function take(step: Step, from: number, to: number): Promise<readonly number[]> {
  const losses: number[] = [];
  for (let at = from; at < to; at++) losses.push(await step.step(stripes(12, at), 0.05));
  return losses;
}

describe("a network of convolutions and normalisation", () => {
  it("learns, and answers as a finished graph with its running statistics", async () => {
    const step = await trainer();
    const losses = await take(step, 0, 60);
    expect(losses[0]).toBeGreaterThan(0.8);
    expect(losses.at(-1)).toBeLessThan(0.2);
    const graph = createGraph("finished");
    graph.output("scores", network(finishedScope(graph, { ...step.parameters(), ...step.kept() }), graph.input("x", [12, 3, SIDE, SIDE])));
    const session = await createSession(graph.encode({ free: { x: { 0: "batch" }, scores: { 0: "batch" } } }), { threads: 1 });
    const { x, labels } = stripes(6, 1000);
    const { scores } = await session.run({ x: await toTensor(x, [6, 3, SIDE, SIDE]) });
    const given = Array.from({ length: 6 }, (_, row) => floats(scores).subarray(row * CLASSES, (row + 1) * CLASSES)).map((row) => row.indexOf(Math.max(...row)));
    expect(given).toEqual([...labels].map(Number));
    await Promise.all([step.close(), session.release()]);
  });

  it("goes on from a checkpoint as if nothing had happened", async () => {
    const whole = await trainer();
    const all = await take(whole, 0, 8);
    const first = await trainer();
    await take(first, 0, 4);
    const bytes = encodeCheckpoint(first.state());
    const second = await trainer({ seed: 2 });
    await second.restore(decodeCheckpoint(bytes));
    expect(await take(second, 4, 8)).toEqual(all.slice(4));
    expect(second.state().steps).toBe(8);
    await expect(second.restore({ steps: 0, tensors: {} })).rejects.toThrow("The checkpoint does not hold");
    expect(() => decodeCheckpoint(bytes.subarray(0, bytes.length - 4))).toThrow("The checkpoint is cut off");
    expect(() => decodeCheckpoint(new Uint8Array(3))).toThrow("This is not a checkpoint");
    await Promise.all([whole.close(), first.close(), second.close()]);
  });

  it("averages the gradients of shards: without statistics of the batch the same step as one", async () => {
    const square = async (shards: number): Promise<number> => {
      const step = await createTrainingStep({
        parameters: { w: { dims: [1], start: Float32Array.of(1), decays: false } },
        inputs: { x: { dims: [4, 1], elementType: ELEMENT_TYPES.float } },
        loss: (graph, { w, x }) => sum(graph, multiply(graph, multiply(graph, x, w), graph.constant([shards / 4], [])), { axes: [0, 1] }),
        optimizer: sgd({ momentum: 0, weightDecay: 0, nesterov: false }), threads: 2, shards,
      });
      expect(await step.step({ x: Float32Array.of(1, 2, 3, 6) }, 0.1)).toBeCloseTo(3);
      const [w] = step.parameters().w;
      await step.close();
      return w ?? Number.NaN;
    };
    expect(await square(1)).toBeCloseTo(0.7);
    expect(await square(2)).toBeCloseTo(0.7);
    const sharded = await trainer({ shards: 2 });
    expect((await take(sharded, 0, 40)).at(-1)).toBeLessThan(0.4);
    await sharded.close();
    await expect(trainer({ rows: 9, shards: 2 })).rejects.toThrow();
  });

  it("shortens gradients that are too long, all together", async () => {
    const step = await createTrainingStep({
      parameters: { a: { dims: [1], start: Float32Array.of(3), decays: false }, b: { dims: [1], start: Float32Array.of(4), decays: false } },
      inputs: {},
      loss: (graph, { a, b }) => sum(graph, add(graph, scale(graph, a, 3), scale(graph, b, 4)), { axes: [0] }),
      optimizer: sgd({ momentum: 0, weightDecay: 0, nesterov: false }), threads: 1, maxNorm: 1,
    });
    await step.step({}, 1);
    const { a, b } = step.parameters();
    expect([a[0], b[0]]).toEqual([expect.closeTo(3 - 0.6), expect.closeTo(4 - 0.8)]);
    await step.close();
  });

  it("leaves numbers out while training and none afterwards", async () => {
    const write: Network = (scope, x) => dropout(scope, x, 0.5);
    const { uniform } = tensorsOf((scope) => void write(scope, scope.graph.input("x", [1, 6])), seededRandom(1));
    expect(uniform).toEqual([[1, 6]]);
    const graph = createGraph("dropout");
    const [x, chance] = [graph.input("x", [1, 6]), graph.input("chance", [1, 6])];
    graph.output("training", write(trainingScope(graph, { values: {}, uniform: [chance], notes: { kept: () => x, keep: () => undefined, report: () => undefined } }), x));
    graph.output("finished", write(finishedScope(graph, {}), x));
    const session = await createSession(graph.encode(), { threads: 1 });
    const result = await session.run({ x: await toTensor(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 6]), chance: await toTensor(Float32Array.of(0.1, 0.9, 0.4, 0.6, 0.7, 0.2), [1, 6]) });
    expect([...floats(result["training"])]).toEqual([0, 4, 0, 8, 10, 0]);
    expect([...floats(result["finished"])]).toEqual([1, 2, 3, 4, 5, 6]);
    await session.release();
  });

  it("decays apart from the gradient with AdamW", async () => {
    const step = await createTrainingStep({
      parameters: { w: { dims: [1], start: Float32Array.of(2), decays: true } }, inputs: {}, threads: 1,
      loss: (graph, { w }) => sum(graph, w, { axes: [0] }), optimizer: adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 }),
    });
    await step.step({}, 0.01);
    // Adam's first step is the rate itself.
    expect(step.parameters().w[0]).toBeCloseTo(2 - 0.01 - 0.01 * 0.1 * 2, 5);
    await step.close();
  });
});

describe("residual networks", () => {
  it("have the parameters of the paper's, by depth", () => {
    const countOf = (depth: number): number => {
      const { parameters } = tensorsOf((scope) => void resnet(scope, scope.graph.input("x", [1, 3, 32, 32]), depth), seededRandom(1));
      return Object.values(parameters).reduce((total, { dims }) => total + dims.reduce((a, b) => a * b, 1), 0);
    };
    // torchvision's counts less their last layer (512 or 2048 by 1000, and 1000).
    expect(countOf(18)).toBe(11_689_512 - 513_000);
    expect(countOf(50)).toBe(25_557_032 - 2_049_000);
    // The paper's table 6: 0.27 million with the head; the projections of two shortcuts are ours.
    expect(countOf(20)).toBeGreaterThan(268_000);
    expect(countOf(20)).toBeLessThan(275_000);
    expect(RESNET_DEPTHS).toContain(152);
    expect(() => countOf(19)).toThrow("There is no residual network of 19 layers");
  });
});

describe("schedules of the learning rate", () => {
  it("rise and fall where they say", () => {
    const linear = linearSchedule({ peak: 0.2, warmUp: 0.1 });
    expect([0, 0.05, 0.1, 0.55, 1].map(linear)).toEqual([0, 0.1, 0.2, expect.closeTo(0.1), 0]);
    const cosine = cosineSchedule({ peak: 1, warmUp: 0 });
    expect([0, 0.5, 1].map(cosine)).toEqual([1, expect.closeTo(0.5), expect.closeTo(0)]);
    expect([0, 9, 10, 20].map((epoch) => steppedRate(epoch, { rate: 1, epochs: [10, 20], factor: 0.1 }))).toEqual([1, 1, 0.1, expect.closeTo(0.01)]);
  });
});
