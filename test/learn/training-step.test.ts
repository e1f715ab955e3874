import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/shared/random.ts";
import { multiply, softmaxCrossEntropy, linear, sum } from "../../src/learn/operations.ts";
import { ELEMENT_TYPES } from "../../src/learn/onnx.ts";
import { adam, rmsprop, sgd, type Optimizer } from "../../src/learn/optimizers.ts";
import { createTrainingStep } from "../../src/learn/training-step.ts";

/** Two steps on loss = w², whose slope is 2w, from w = 1 with learning rate 0.1; a bias-like copy must not decay. */
async function twoSteps(optimizer: Optimizer, decays = true): Promise<number> {
  const step = await createTrainingStep({
    parameters: { w: { dims: [1], start: Float32Array.of(1), decays } },
    inputs: {},
    loss: (graph, { w }) => sum(graph, multiply(graph, w, w), { axes: [0] }),
    optimizer,
    threads: 1,
  });
  expect(await step.step({}, 0.1)).toBeCloseTo(1);
  await step.step({}, 0.1);
  const [w] = step.parameters().w;
  await step.close();
  return w ?? Number.NaN;
}

describe("an optimiser takes the steps of its definition", () => {
  it("plain gradient descent", async () => {
    expect(await twoSteps(sgd({ momentum: 0, weightDecay: 0, nesterov: false }))).toBeCloseTo(0.8 * 0.8);
  });
  it("gradient descent with momentum", async () => {
    // v1 = 2, w1 = 0.8; v2 = 0.9·2 + 1.6 = 3.4, w2 = 0.46
    expect(await twoSteps(sgd({ momentum: 0.9, weightDecay: 0, nesterov: false }))).toBeCloseTo(0.46);
  });
  it("gradient descent with Nesterov's momentum", async () => {
    // v1 = 2, w1 = 1 - 0.1·(2 + 1.8) = 0.62; v2 = 1.8 + 1.24 = 3.04, w2 = 0.62 - 0.1·(1.24 + 2.736) = 0.2224
    expect(await twoSteps(sgd({ momentum: 0.9, weightDecay: 0, nesterov: true }))).toBeCloseTo(0.2224);
  });
  it("weight decay pulls weights", async () => {
    // slope 2.5 w each time
    expect(await twoSteps(sgd({ momentum: 0, weightDecay: 0.5, nesterov: false }))).toBeCloseTo(0.75 * 0.75);
  });
  it("weight decay leaves biases alone", async () => {
    expect(await twoSteps(sgd({ momentum: 0, weightDecay: 0.5, nesterov: false }), false)).toBeCloseTo(0.64);
  });
  it("Adam moves by the learning rate at first", async () => {
    expect(await twoSteps(adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }))).toBeCloseTo(0.8, 2);
  });
  it("RMSProp divides by the root of the mean square", async () => {
    // s1 = 0.4, w1 = 1 - 0.2/√0.4 = 0.68377; s2 = 0.36 + 0.1·1.36754² = 0.54702, w2 = 0.68377 - 0.136754/√0.54702
    expect(await twoSteps(rmsprop({ decay: 0.9, epsilon: 1e-8 }))).toBeCloseTo(0.68377 - 0.136754 / Math.sqrt(0.54702), 4);
  });
});

/** Trains a softmax head on two clouds of points; resolves to the losses and the final weights. */
async function trainClouds(seed: number): Promise<{ losses: number[]; weight: Float32Array }> {
  const random = seededRandom(seed);
  const rows = 32;
  const step = await createTrainingStep({
    parameters: { weight: { dims: [8, 2], start: new Float32Array(16), decays: true }, bias: { dims: [2], start: new Float32Array(2), decays: false } },
    inputs: { x: { dims: [rows, 8], elementType: ELEMENT_TYPES.float }, labels: { dims: [rows], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, { x, labels, weight, bias }) => softmaxCrossEntropy(graph, linear(graph, x, { weight, bias }), { labels, smoothing: 0.1 }),
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4, nesterov: true }),
    threads: 2,
  });
  const losses: number[] = [];
  for (let round = 0; round < 60; round++) {
    const labels = BigInt64Array.from({ length: rows }, () => (random.fraction() < 0.5 ? 0n : 1n));
    const x = Float32Array.from({ length: rows * 8 }, (_, at) => random.fraction() - 0.5 + (labels[Math.floor(at / 8)] === 1n ? 0.3 : -0.3));
    losses.push(await step.step({ x, labels }, 0.1));
  }
  const { weight } = step.parameters();
  await step.close();
  return { losses, weight };
}

describe("a training step", () => {
  it("lowers the loss", async () => {
    const { losses } = await trainClouds(1);
    expect(losses[0]).toBeCloseTo(Math.log(2));
    expect(losses.at(-1)).toBeLessThan(0.35);
  });
  it("ends in the very same weights for the same seed", async () => {
    const [first, second, other] = [await trainClouds(1), await trainClouds(1), await trainClouds(2)];
    expect([...second.weight]).toEqual([...first.weight]);
    expect([...other.weight]).not.toEqual([...first.weight]);
  });
});
