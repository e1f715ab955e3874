import { describe, expect, it } from "vitest";
import { seededRandom } from "../../src/shared/random.ts";
import { createGraph, type Graph, type Value } from "../../src/learn/graph.ts";
import { gradients } from "../../src/learn/gradients.ts";
import { ELEMENT_TYPES } from "../../src/learn/onnx.ts";
import * as op from "../../src/learn/operations.ts";
import { convolution, type ConvolutionOptions } from "../../src/learn/convolution.ts";
import { batchNormByBatch, batchNormByKnown } from "../../src/learn/normalization.ts";
import { averagePool, globalAverage, maxPool } from "../../src/learn/pooling.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor, type Numbers } from "../../src/learn/tensors.ts";

interface Case {
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly fixed?: Readonly<Record<string, { readonly dims: readonly number[]; readonly numbers: Numbers; readonly elementType: number }>>;
  readonly loss: (graph: Graph, values: Readonly<Record<string, Value>>) => Value;
  /** Adds to the random numbers, for roots and logarithms. */
  readonly offset?: number;
}

/** Largest difference, relative above 1, between the derived gradient and the slope measured by moving each number a little. */
async function worstError({ parameters, fixed = {}, loss, offset = 0 }: Case): Promise<number> {
  const random = seededRandom(7);
  const graph = createGraph("test");
  const values: Record<string, Value> = {};
  for (const [name, dims] of Object.entries(parameters)) values[name] = graph.input(name, dims);
  for (const [name, { dims, elementType }] of Object.entries(fixed)) values[name] = graph.input(name, dims, elementType);
  const lossValue = loss(graph, values);
  const slopes = gradients(graph, lossValue, Object.keys(parameters).map((name) => values[name] as Value));
  graph.output("loss", lossValue);
  slopes.forEach((slope, index) => graph.output(`slope${index}`, slope));
  const session = await createSession(graph.encode(), { threads: 1 });
  const numbers = Object.fromEntries(
    Object.entries(parameters).map(([name, dims]) => [
      name,
      Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.fraction() * 2 - 1 + offset),
    ]),
  );
  const run = async (): Promise<Record<string, Float32Array>> => {
    const feeds = {
      ...Object.fromEntries(await Promise.all(Object.entries(numbers).map(async ([name, data]) => [name, await toTensor(data, parameters[name] ?? [])] as const))),
      ...Object.fromEntries(await Promise.all(Object.entries(fixed).map(async ([name, { dims, numbers: data }]) => [name, await toTensor(data, dims)] as const))),
    };
    const results = await session.run(feeds);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, floats(tensor as Parameters<typeof floats>[0]).slice()]));
  };
  const derived = await run();
  // Large enough for 32-bit floats, small enough for the curvature.
  const nudge = 1 / 128;
  let worst = 0;
  for (const [index, name] of Object.keys(parameters).entries()) {
    const data = numbers[name] as Float32Array;
    for (let at = 0; at < data.length; at++) {
      const middle = data[at] ?? 0;
      data[at] = middle + nudge;
      const above = (await run())["loss"]?.[0] ?? Number.NaN;
      data[at] = middle - nudge;
      const below = (await run())["loss"]?.[0] ?? Number.NaN;
      data[at] = middle;
      const measured = (above - below) / (2 * nudge);
      const given = derived[`slope${index}`]?.[at] ?? Number.NaN;
      worst = Math.max(worst, Math.abs(measured - given) / (1 + Math.abs(measured)));
    }
  }
  return worst;
}

const total = (graph: Graph, value: Value): Value => op.sum(graph, value, { axes: value.dims.map((_, axis) => axis) });
const value = (values: Readonly<Record<string, Value>>, name: string): Value => values[name] as Value;
const two = (apply: (graph: Graph, a: Value, b: Value) => Value, a = [3, 4], b = [3, 4]): Case => ({
  parameters: { a, b },
  loss: (graph, values) => {
    const out = apply(graph, value(values, "a"), value(values, "b"));
    return total(graph, op.multiply(graph, out, out));
  },
  offset: 2,
});
const one = (apply: (graph: Graph, a: Value) => Value, offset = 0): Case => ({
  parameters: { a: [3, 5] },
  loss: (graph, values) => {
    const out = apply(graph, value(values, "a"));
    return total(graph, op.multiply(graph, out, out));
  },
  offset,
});

/** A weighted sum, so that no two numbers of the output have the same slope. */
const weighted = (graph: Graph, out: Value): Value => {
  const count = out.dims.reduce((a, b) => a * b, 1);
  return total(graph, op.multiply(graph, out, graph.constant(Array.from({ length: count }, (_, at) => Math.sin(at + 1)), out.dims)));
};
const convolved = (x: readonly number[], weight: readonly number[], options: Omit<ConvolutionOptions, "weight">): Case => ({
  parameters: { x, weight },
  loss: (graph, values) => weighted(graph, convolution(graph, value(values, "x"), { weight: value(values, "weight"), ...options })),
});
const onMaps = (dims: readonly number[], apply: (graph: Graph, x: Value) => Value): Case => ({
  parameters: { x: dims },
  loss: (graph, values) => weighted(graph, apply(graph, value(values, "x"))),
});
/** Numbers in no order, a tenth apart, so that no small nudge changes which one is the largest. */
const apart = (graph: Graph, dims: readonly number[]): Value => {
  const count = dims.reduce((a, b) => a * b, 1);
  return graph.constant(Array.from({ length: count }, (_, at) => ((at * 61) % count) * 0.1), dims);
};
const normalized = (isKnown: boolean): Case => ({
  parameters: { x: [3, 2, 3, 3], gamma: [2], beta: [2] },
  loss: (graph, values) => {
    const given = { gamma: value(values, "gamma"), beta: value(values, "beta"), epsilon: 1e-3 };
    const x = value(values, "x");
    if (!isKnown) return weighted(graph, batchNormByBatch(graph, x, given).output);
    return weighted(graph, batchNormByKnown(graph, x, { ...given, mean: graph.constant([0.3, -0.2], [2]), variance: graph.constant([0.5, 2], [2]) }));
  },
});

const labels = { dims: [3], elementType: ELEMENT_TYPES.int64, numbers: BigInt64Array.of(0n, 3n, 1n) };
const head = (smoothing: number): Case => ({
  parameters: { weight: [6, 4], bias: [4], x: [3, 6] },
  fixed: { labels },
  loss: (graph, values) => {
    const logits = op.linear(graph, value(values, "x"), { weight: value(values, "weight"), bias: value(values, "bias") });
    return op.softmaxCrossEntropy(graph, logits, { labels: value(values, "labels"), smoothing });
  },
});

describe("derived gradients agree with measured slopes", () => {
  const cases: Readonly<Record<string, Case>> = {
    "a sum": two(op.add),
    "a sum with a stretched row": two(op.add, [3, 4], [4]),
    "a difference with a stretched column": two(op.subtract, [3, 1], [3, 4]),
    "a product with a scalar": two(op.multiply, [3, 4], []),
    "a quotient": two(op.divide),
    "a matrix product": two((graph, a, b) => op.product(graph, a, b), [3, 4], [4, 2]),
    "a matrix product with the left factor transposed": two((graph, a, b) => op.product(graph, a, b, { transposed: { a: true } }), [4, 3], [4, 2]),
    "a matrix product with the right factor transposed": two((graph, a, b) => op.product(graph, a, b, { transposed: { b: true } }), [3, 4], [2, 4]),
    "a matrix product with both factors transposed": two((graph, a, b) => op.product(graph, a, b, { transposed: { a: true, b: true } }), [4, 3], [2, 4]),
    "a negation": one(op.negate),
    "an exponential": one(op.exp),
    "a logarithm": one(op.log, 2),
    "a root": one(op.sqrt, 2),
    "a rectifier": one(op.relu, 2),
    "a sum over rows of a square matrix": { ...one((graph, a) => op.sum(graph, a, { axes: [0] })), parameters: { a: [3, 3] } },
    "a logarithm of softmax": one(op.logSoftmax),
    "a part of a tensor": onMaps([2, 3, 4, 5], (graph, x) => op.part(graph, x, { axis: 2, from: 1, length: 2 })),
    "a mirror image": onMaps([2, 1, 3, 5], (graph, x) => op.mirror(graph, x, 3)),
    "a logistic curve": one(op.sigmoid),
    "a hyperbolic tangent": one(op.tanh),
    "a leaky rectifier": one((graph, a) => op.leakyRelu(graph, a, 0.2), 2),
    "tensors one after the other": two((graph, a, b) => op.concatenate(graph, [a, b], 1), [3, 2], [3, 4]),
    "a convolution": convolved([2, 2, 5, 4], [3, 2, 3, 3], { padding: 1 }),
    "a convolution of many maps": convolved([2, 16, 4, 4], [3, 16, 3, 3], { padding: 1 }),
    "a convolution of many places": convolved([2, 1, 28, 28], [2, 1, 3, 3], { padding: 1 }),
    "a convolution without padding": convolved([2, 16, 5, 5], [2, 16, 3, 3], {}),
    "a convolution of one place": convolved([2, 17, 3, 3], [4, 17, 1, 1], {}),
    "a convolution of one place with a stride": convolved([2, 17, 5, 5], [4, 17, 1, 1], { stride: 2 }),
    "a strided convolution": convolved([2, 16, 5, 6], [3, 16, 3, 3], { stride: 2, padding: 1 }),
    "a strided convolution with a wide kernel": convolved([1, 3, 12, 11], [2, 3, 7, 7], { stride: 2, padding: 3 }),
    "normalisation by the batch": normalized(false),
    "normalisation by known statistics": normalized(true),
    "the largest of windows that overlap": onMaps([2, 2, 7, 7], (graph, x) => maxPool(graph, op.add(graph, op.scale(graph, x, 0.01), apart(graph, x.dims)), { kernel: 3, stride: 2, padding: 1 })),
    "the mean of windows": onMaps([2, 2, 4, 6], (graph, x) => averagePool(graph, x, 2)),
    "the mean of maps": onMaps([2, 3, 4, 5], (graph, x) => globalAverage(graph, x)),
    "a softmax head with cross-entropy": head(0),
    "a softmax head with smoothed labels": head(0.2),
    "a network of two layers": {
      parameters: { w1: [6, 5], b1: [5], w2: [5, 4], b2: [4] },
      fixed: { labels, x: { dims: [3, 6], elementType: ELEMENT_TYPES.float, numbers: Float32Array.from({ length: 18 }, (_, at) => Math.sin(at)) } },
      loss: (graph, values) => {
        const hidden = op.exp(graph, op.linear(graph, value(values, "x"), { weight: value(values, "w1"), bias: value(values, "b1") }));
        const logits = op.linear(graph, hidden, { weight: value(values, "w2"), bias: value(values, "b2") });
        return op.softmaxCrossEntropy(graph, logits, { labels: value(values, "labels") });
      },
    },
  };
  for (const [name, example] of Object.entries(cases)) {
    it(name, async () => {
      expect(await worstError(example)).toBeLessThan(1e-3);
    });
  }
  it("names the operation whose derivative is unknown", () => {
    const graph = createGraph("test");
    const a = graph.input("a", [2]);
    const odd = graph.add({ opType: "Erf", inputs: [a], dims: [2] });
    expect(() => gradients(graph, total(graph, odd), [a])).toThrow("No derivative is known for Erf.");
  });
});
