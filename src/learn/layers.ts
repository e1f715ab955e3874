import { convolution } from "./convolution.ts";
import type { Value } from "./graph.ts";
import type { Scope, Start } from "./network.ts";
import { batchNormByBatch, batchNormByKnown } from "./normalization.ts";
import { add, linear, multiply, positive, scale, subtract } from "./operations.ts";

const constantly = (value: number): Start => (_, count) => new Float32Array(count).fill(value);

/** Normally distributed numbers (Box and Muller). */
const normal = (deviation: number): Start => (random, count) => Float32Array.from({ length: count }, () => deviation * Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction()));

const uniformly = (bound: number): Start => (random, count) => Float32Array.from({ length: count }, () => (2 * random.fraction() - 1) * bound);

export interface ConvolutionLayer {
  readonly maps: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Half the kernel unless given, so that a stride of 1 keeps the size. */
  readonly padding?: number;
}

/** A convolution without bias (a normalisation follows), started as He et al. 2015 do for rectifiers (https://arxiv.org/abs/1502.01852, fan out). */
export function convolve(scope: Scope, x: Value, { maps, kernel, stride = 1, padding = Math.floor(kernel / 2) }: ConvolutionLayer): Value {
  const deviation = Math.sqrt(2 / (maps * kernel * kernel));
  const weight = scope.parameter("weight", [maps, x.dims[1] ?? 1, kernel, kernel], { start: normal(deviation), decays: true });
  return convolution(scope.graph, x, { weight, stride, padding });
}

export interface NormalizationLayer {
  /** Where the scale starts: 1, or less for the end of a residual branch. */
  readonly gamma?: number;
  readonly epsilon?: number;
  /** Share of the running statistics that a step replaces. */
  readonly momentum?: number;
}

/** Batch normalisation with running statistics; names and defaults are PyTorch's. */
export function normalize(scope: Scope, x: Value, { gamma: start = 1, epsilon = 1e-5, momentum = 0.1 }: NormalizationLayer = {}): Value {
  const { graph } = scope;
  const dims = [x.dims[1] ?? 1];
  const gamma = scope.parameter("weight", dims, { start: constantly(start), decays: false });
  const beta = scope.parameter("bias", dims, { start: constantly(0), decays: false });
  const mean = scope.kept("running_mean", dims, 0);
  const variance = scope.kept("running_var", dims, 1);
  if (!scope.training) return batchNormByKnown(graph, x, { gamma, beta, epsilon, mean, variance });
  const batch = batchNormByBatch(graph, x, { gamma, beta, epsilon });
  const follow = (before: Value, now: Value): Value => add(graph, scale(graph, before, 1 - momentum), scale(graph, now, momentum));
  scope.keep("running_mean", follow(mean, batch.mean));
  scope.keep("running_var", follow(variance, batch.variance));
  return batch.output;
}

/** A fully connected layer over rows, started as PyTorch does. */
export function dense(scope: Scope, x: Value, outputs: number): Value {
  const inputs = x.dims[1] ?? 1;
  const start = uniformly(1 / Math.sqrt(inputs));
  const weight = scope.parameter("weight", [inputs, outputs], { start, decays: true });
  const bias = scope.parameter("bias", [outputs], { start, decays: false });
  return linear(scope.graph, x, { weight, bias });
}

/** Leaves out this share of the numbers while training, and makes the others larger for it (Srivastava et al. 2014). */
export function dropout(scope: Scope, x: Value, share: number): Value {
  if (!scope.training || share === 0) return x;
  const { graph } = scope;
  const kept = positive(graph, subtract(graph, scope.uniform(x.dims), graph.constant([share], [])));
  return multiply(graph, x, scale(graph, kept, 1 / (1 - share)));
}
