import { sizeOf, type Graph, type Value } from "./graph.ts";
import { add, divide, multiply, reshape, scale, sqrt, subtract, sum } from "./operations.ts";

export interface BatchNormParameters {
  /** Scale and shift of each map, [maps]. */
  readonly gamma: Value;
  readonly beta: Value;
  /** Keeps a map that is the same everywhere from dividing by zero. */
  readonly epsilon: number;
}

export interface Normalized {
  readonly output: Value;
  /** Of this batch, [maps]; the variance is the unbiased one, which running statistics are made of (as PyTorch does). */
  readonly mean: Value;
  readonly variance: Value;
}

/** ONNX's own operation is one pass over the maps for any scale and shift of each; as one for the given numbers it serves the gradient too. */
function affine(graph: Graph, x: Value, { factor, shift }: { readonly factor: Value; readonly shift: Value }): Value {
  const { dims } = factor;
  const many = (value: number): Value => graph.constant(Array.from({ length: dims[0] ?? 0 }, () => value), dims);
  return graph.add({ opType: "BatchNormalization", inputs: [x, factor, shift, many(0), many(1)], dims: x.dims, attributes: { epsilon: { float: 0 } } });
}

/** What centred numbers are multiplied by to have a deviation of one. */
const inverseDeviation = (graph: Graph, variance: Value, epsilon: number): Value => divide(graph, graph.constant([1], []), sqrt(graph, add(graph, variance, graph.constant([epsilon], []))));

/** A number for each map, shaped so that it stretches over the maps. */
const perPlace = (graph: Graph, value: Value): Value => reshape(graph, value, [1, value.dims[0] ?? 1, 1, 1]);

/** Sum over pictures and places: [maps]. */
function perMap(graph: Graph, x: Value): Value {
  const [batch = 1, maps = 1, ...places] = x.dims;
  const rows = reshape(graph, x, [batch, maps, sizeOf(places)]);
  return sum(graph, rows, { axes: [0, 2] });
}

/**
 * Batch normalisation by the batch's own statistics (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167), with the
 * gradient in its closed form: five passes over the maps forward, six backward.
 */
export function batchNormByBatch(graph: Graph, x: Value, { gamma, beta, epsilon }: BatchNormParameters): Normalized {
  const count = sizeOf(x.dims) / (x.dims[1] ?? 1);
  let statistics: { readonly mean: Value; readonly variance: Value } | undefined;
  const output = graph.composed("BatchNormalization", [x, gamma, beta], () => {
    const mean = scale(graph, perMap(graph, x), 1 / count);
    // From the mean before squaring: the difference of two large means would lose what deep networks need of 24 bits.
    const centred = subtract(graph, x, perPlace(graph, mean));
    const variance = scale(graph, perMap(graph, multiply(graph, centred, centred)), 1 / count);
    const inverse = inverseDeviation(graph, variance, epsilon);
    const factor = multiply(graph, gamma, inverse);
    statistics = { mean, variance: scale(graph, variance, count > 1 ? count / (count - 1) : 1) };
    return {
      output: affine(graph, centred, { factor, shift: beta }),
      derivative: (backward, upstream) => {
        const total = perMap(backward, upstream);
        // Sum of upstream · (x - mean) / deviation: what the scale gets.
        const along = multiply(backward, inverse, perMap(backward, multiply(backward, upstream, centred)));
        const onCentred = scale(backward, multiply(backward, multiply(backward, factor, inverse), along), -1 / count);
        const shift = scale(backward, multiply(backward, factor, total), -1 / count);
        const slope = add(backward, affine(backward, upstream, { factor, shift }), multiply(backward, centred, perPlace(backward, onCentred)));
        return [slope, along, total];
      },
    };
  });
  if (statistics === undefined) throw new Error("A normalisation has statistics.");
  return { output, ...statistics };
}

/** Batch normalisation by statistics that are known: one pass, which ONNX Runtime folds into the convolution before it. */
export function batchNormByKnown(graph: Graph, x: Value, { gamma, beta, epsilon, mean, variance }: BatchNormParameters & { readonly mean: Value; readonly variance: Value }): Value {
  return graph.composed("BatchNormalization", [x, gamma, beta], () => ({
    output: graph.add({ opType: "BatchNormalization", inputs: [x, gamma, beta, mean, variance], dims: x.dims, attributes: { epsilon: { float: epsilon } } }),
    derivative: (backward, upstream) => {
      const inverse = inverseDeviation(backward, variance, epsilon);
      const total = perMap(backward, upstream);
      const along = multiply(backward, inverse, subtract(backward, perMap(backward, multiply(backward, upstream, x)), multiply(backward, mean, total)));
      const shift = backward.constant(Array.from({ length: x.dims[1] ?? 0 }, () => 0), [x.dims[1] ?? 0]);
      return [affine(backward, upstream, { factor: multiply(backward, gamma, inverse), shift }), along, total];
    },
  }));
}
