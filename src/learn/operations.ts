import { sizeOf, type Graph, type Value } from "./graph.ts";

/** The shape of two tensors stretched to each other, as ONNX and NumPy do it. */
export function broadcastDims(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw new Error(`Shapes [${a.join()}] and [${b.join()}] do not fit each other.`);
    return Math.max(left, right);
  });
}

const elementwise = (opType: string) => (graph: Graph, a: Value, b: Value): Value =>
  graph.add({ opType, inputs: [a, b], dims: broadcastDims(a.dims, b.dims) });
const unary = (opType: string) => (graph: Graph, a: Value): Value => graph.add({ opType, inputs: [a], dims: a.dims });

export const add = elementwise("Add");
export const subtract = elementwise("Sub");
export const multiply = elementwise("Mul");
export const divide = elementwise("Div");
export const negate = unary("Neg");
export const exp = unary("Exp");
export const log = unary("Log");
export const sqrt = unary("Sqrt");
export const relu = unary("Relu");
export const sigmoid = unary("Sigmoid");
export const tanh = unary("Tanh");

/** `max(x, slope · x)`. */
export const leakyRelu = (graph: Graph, a: Value, slope: number): Value =>
  graph.add({ opType: "LeakyRelu", inputs: [a], dims: a.dims, attributes: { alpha: { float: slope } } });

/** Multiplies by a number known while building. */
export const scale = (graph: Graph, a: Value, factor: number): Value => multiply(graph, a, graph.constant([factor], []));

/** Logarithm of the softmax over the last axis. */
export const logSoftmax = (graph: Graph, a: Value): Value =>
  graph.add({ opType: "LogSoftmax", inputs: [a], dims: a.dims, attributes: { axis: { int: -1 } } });

export interface Transposed {
  readonly a?: boolean;
  readonly b?: boolean;
}

const matrix = (value: Value, transposed: boolean | undefined): readonly [number, number] => {
  const [rows, columns, ...more] = value.dims;
  if (rows === undefined || columns === undefined || more.length > 0) throw new Error(`${value.name} [${value.dims.join()}] is not a matrix.`);
  return transposed ? [columns, rows] : [rows, columns];
};

/** Matrix product; either factor can be read transposed. */
export function product(graph: Graph, a: Value, b: Value, { transposed = {}, bias }: { readonly transposed?: Transposed; readonly bias?: Value } = {}): Value {
  const [rows, inner] = matrix(a, transposed.a);
  const [innerOfB, columns] = matrix(b, transposed.b);
  if (inner !== innerOfB) throw new Error(`A matrix of ${inner} columns cannot be multiplied by one of ${innerOfB} rows.`);
  return graph.add({
    opType: "Gemm",
    inputs: bias ? [a, b, bias] : [a, b],
    dims: [rows, columns],
    attributes: { transA: { int: transposed.a ? 1 : 0 }, transB: { int: transposed.b ? 1 : 0 } },
  });
}

/** A fully connected layer: `x · weight + bias`. */
export const linear = (graph: Graph, x: Value, parameters: { readonly weight: Value; readonly bias: Value }): Value =>
  product(graph, x, parameters.weight, { bias: parameters.bias });

/** Sum over axes; they stay as length 1 when kept. */
export function sum(graph: Graph, a: Value, { axes, keep = false }: { readonly axes: readonly number[]; readonly keep?: boolean }): Value {
  const kept = a.dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const summed = graph.add({ opType: "ReduceSum", inputs: [a, graph.integers(axes)], dims: kept, attributes: { keepdims: { int: 1 } } });
  return keep ? summed : reshape(graph, summed, a.dims.filter((_, axis) => !axes.includes(axis)));
}

/** The same numbers in another shape. */
export const reshape = (graph: Graph, a: Value, dims: readonly number[]): Value =>
  graph.add({ opType: "Reshape", inputs: [a, graph.integers(dims)], dims });

/** Everything after the first axis in one row. */
export const flatten = (graph: Graph, a: Value): Value =>
  graph.add({ opType: "Flatten", inputs: [a], dims: [a.dims[0] ?? 1, sizeOf(a.dims.slice(1))], attributes: { axis: { int: 1 } } });

/** The axes in another order. */
export const transpose = (graph: Graph, a: Value, order: readonly number[]): Value =>
  graph.add({ opType: "Transpose", inputs: [a], dims: order.map((axis) => a.dims[axis] ?? 1), attributes: { perm: { ints: order } } });

/** A part along one axis: `length` entries from `from`. */
export function slice(graph: Graph, a: Value, { axis, from, length }: { readonly axis: number; readonly from: number; readonly length: number }): Value {
  const dims = a.dims.map((size, at) => (at === axis ? length : size));
  return graph.add({ opType: "Slice", inputs: [a, graph.integers([from]), graph.integers([from + length]), graph.integers([axis])], dims });
}

/** The same part, with its gradient: zeros around what comes back. */
export function part(graph: Graph, a: Value, { axis, from, length }: { readonly axis: number; readonly from: number; readonly length: number }): Value {
  const size = a.dims[axis] ?? 1;
  if (from === 0 && length === size) return a;
  return graph.composed("Slice", [a], () => ({
    output: slice(graph, a, { axis, from, length }),
    derivative: (backward, upstream) => {
      const pads = [...a.dims.map((_, at) => (at === axis ? from : 0)), ...a.dims.map((_, at) => (at === axis ? size - from - length : 0))];
      return [backward.add({ opType: "Pad", inputs: [upstream, backward.integers(pads)], dims: a.dims })];
    },
  }));
}

/** An axis the other way round. */
export function mirror(graph: Graph, a: Value, axis: number): Value {
  const reversed = (on: Graph, value: Value): Value =>
    on.add({ opType: "Slice", inputs: [value, on.integers([-1]), on.integers([Number.MIN_SAFE_INTEGER]), on.integers([axis]), on.integers([-1])], dims: value.dims });
  return graph.composed("Mirror", [a], () => ({ output: reversed(graph, a), derivative: (backward, upstream) => [reversed(backward, upstream)] }));
}

/** Tensors one after the other along an axis. */
export function concatenate(graph: Graph, parts: readonly Value[], axis: number): Value {
  const [first] = parts;
  if (first === undefined) throw new Error("There is nothing to concatenate.");
  const lengths = parts.map(({ dims }) => dims[axis] ?? 1);
  const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((a, b) => a + b, 0));
  const dims = first.dims.map((size, at) => (at === axis ? lengths.reduce((a, b) => a + b, 0) : size));
  return graph.composed("Concat", parts, () => ({
    output: graph.add({ opType: "Concat", inputs: parts, dims, attributes: { axis: { int: axis } } }),
    derivative: (backward, upstream) => lengths.map((length, index) => slice(backward, upstream, { axis, from: starts[index] ?? 0, length })),
  }));
}

/** Stretches a tensor over a larger shape. */
export const expand = (graph: Graph, a: Value, dims: readonly number[]): Value =>
  graph.add({ opType: "Expand", inputs: [a, graph.integers(dims)], dims });

/** 1 where the number is above zero, else 0. */
export function positive(graph: Graph, a: Value): Value {
  const isPositive = graph.add({ opType: "Greater", inputs: [a, graph.constant([0], [])], dims: a.dims });
  return graph.add({ opType: "Cast", inputs: [isPositive], dims: a.dims, attributes: { to: { int: 1 } } });
}

/** Class numbers to rows that are 1 at the class and 0 elsewhere. */
export function oneHot(graph: Graph, labels: Value, classes: number): Value {
  const values = graph.constant([0, 1], [2]);
  return graph.add({ opType: "OneHot", inputs: [labels, graph.integers([classes]), values], dims: [...labels.dims, classes], attributes: { axis: { int: -1 } } });
}

/** Mean cross-entropy of a softmax over logits [rows, classes] against each class's share in each row, of the same shape. */
export function crossEntropy(graph: Graph, logits: Value, shares: Value): Value {
  const [rows] = matrix(logits, false);
  return scale(graph, sum(graph, multiply(graph, shares, logSoftmax(graph, logits)), { axes: [0, 1] }), -1 / rows);
}

/**
 * Mean cross-entropy of a softmax over logits [rows, classes] against class numbers [rows]. `smoothing` takes that share of
 * the right class's weight and spreads it over all (Szegedy et al. 2016, https://arxiv.org/abs/1512.00567).
 */
export function softmaxCrossEntropy(graph: Graph, logits: Value, { labels, smoothing = 0 }: { readonly labels: Value; readonly smoothing?: number }): Value {
  const [, classes] = matrix(logits, false);
  const sharp = oneHot(graph, labels, classes);
  const targets = smoothing === 0 ? sharp : add(graph, scale(graph, sharp, 1 - smoothing), graph.constant([smoothing / classes], []));
  return crossEntropy(graph, logits, targets);
}
