/** The backbone: a small residual network whose cost fits two processor cores. */
import type { Value } from "../../src/learn/graph.ts";
import { convolve, dense, normalize } from "../../src/learn/layers.ts";
import type { Scope } from "../../src/learn/network.ts";
import { add, concatenate, multiply, relu, sqrt, subtract } from "../../src/learn/operations.ts";
import { averagePool, globalAverage } from "../../src/learn/pooling.ts";

const STEM = 32;
const WIDTHS = [32, 64, 128, 256];
const DEPTHS = [1, 1, 2, 1];
/** Residual branches begin small. */
const BRANCH_START = 0.2;

/** Two 3x3 convolutions with a shortcut; a strided shortcut averages before it projects (ResNet-D, https://arxiv.org/abs/1812.01187). */
function block(scope: Scope, x: Value, { maps, stride }: { readonly maps: number; readonly stride: number }): Value {
  const { graph } = scope;
  const first = relu(graph, normalize(scope.in("bn1"), convolve(scope.in("conv1"), x, { maps, kernel: 3, stride })));
  const second = normalize(scope.in("bn2"), convolve(scope.in("conv2"), first, { maps, kernel: 3 }), { gamma: BRANCH_START });
  if (stride === 1 && x.dims[1] === maps) return relu(graph, add(graph, second, x));
  const pooled = stride === 1 ? x : averagePool(graph, x, stride);
  const past = normalize(scope.in("shortcut.bn"), convolve(scope.in("shortcut.conv"), pooled, { maps, kernel: 1 }));
  return relu(graph, add(graph, second, past));
}

/** Normalised RGB [N,3,H,W] to the maps of the last stage [N,256,H/16,W/16]. */
export function backbone(scope: Scope, x: Value): Value {
  const { graph } = scope;
  let maps = relu(graph, normalize(scope.in("stem.bn"), convolve(scope.in("stem.conv"), x, { maps: STEM, kernel: 3, stride: 2 })));
  for (const [stage, depth] of DEPTHS.entries()) {
    for (let at = 0; at < depth; at++) maps = block(scope.in(`stage${stage}.${at}`), maps, { maps: WIDTHS[stage] ?? STEM, stride: at === 0 && stage > 0 ? 2 : 1 });
  }
  return maps;
}

/** Standard deviation of each map over its places. */
export function spread(scope: Scope, maps: Value): Value {
  const { graph } = scope;
  const mean = globalAverage(graph, maps);
  const variance = relu(graph, subtract(graph, globalAverage(graph, multiply(graph, maps, maps)), multiply(graph, mean, mean)));
  return sqrt(graph, add(graph, variance, graph.constant([1e-4], [])));
}

/** Scores of one data set's classes: a linear head on the last maps' means and, where asked, spreads. */
export function learner(scope: Scope, views: Value, { set, classes, isSpread }: { readonly set: string; readonly classes: number; readonly isSpread: boolean }): Value {
  const maps = backbone(scope.in("backbone"), views);
  const mean = globalAverage(scope.graph, maps);
  const rows = isSpread ? concatenate(scope.graph, [mean, spread(scope, maps)], 1) : mean;
  return dense(scope.in(`head.${set}`), rows, classes);
}
