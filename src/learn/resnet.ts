import type { Value } from "./graph.ts";
import { convolve, normalize } from "./layers.ts";
import type { Scope } from "./network.ts";
import { add, relu } from "./operations.ts";
import { globalAverage, maxPool } from "./pooling.ts";

/** Blocks of the four stages by depth (He et al. 2016, https://arxiv.org/abs/1512.03385, table 1; 200: https://arxiv.org/abs/1603.05027). */
const LARGE: Readonly<Record<number, readonly number[]>> = {
  18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3], 200: [3, 24, 36, 3],
};
/** From this depth on blocks are bottlenecks. */
const DEEP = 50;
/** Depths of the variant for pictures of about 32 pixels: 6n + 2, three stages of 16, 32 and 64 maps (§4.2 of the same paper). */
const SMALL: readonly number[] = [20, 32, 44, 56, 110];

/** Depths that there are. */
export const RESNET_DEPTHS: readonly number[] = [...Object.keys(LARGE).map(Number), ...SMALL];

interface Block {
  readonly maps: number;
  readonly stride: number;
}

const normalized = (scope: Scope, names: readonly [string, string], { x, ...layer }: { readonly x: Value; readonly maps: number; readonly kernel: number; readonly stride?: number }): Value =>
  normalize(scope.in(names[1]), convolve(scope.in(names[0]), x, layer));

/** The way past a block: nothing, or a projection where size or maps change. */
function shortcut(scope: Scope, x: Value, { maps, stride }: Block): Value {
  if (stride === 1 && x.dims[1] === maps) return x;
  const projection = scope.in("downsample");
  return normalize(projection.in("1"), convolve(projection.in("0"), x, { maps, kernel: 1, stride, padding: 0 }));
}

function basicBlock(scope: Scope, x: Value, block: Block): Value {
  const { graph } = scope;
  const first = relu(graph, normalized(scope, ["conv1", "bn1"], { x, maps: block.maps, kernel: 3, stride: block.stride }));
  const second = normalized(scope, ["conv2", "bn2"], { x: first, maps: block.maps, kernel: 3 });
  return relu(graph, add(graph, second, shortcut(scope, x, block)));
}

/** With the stride in the 3×3, as torchvision has it. */
function bottleneck(scope: Scope, x: Value, { maps, stride }: Block): Value {
  const { graph } = scope;
  const first = relu(graph, normalized(scope, ["conv1", "bn1"], { x, maps, kernel: 1 }));
  const second = relu(graph, normalized(scope, ["conv2", "bn2"], { x: first, maps, kernel: 3, stride }));
  const third = normalized(scope, ["conv3", "bn3"], { x: second, maps: maps * 4, kernel: 1 });
  return relu(graph, add(graph, third, shortcut(scope, x, { maps: maps * 4, stride })));
}

/**
 * The body of a residual network: maps in, one row of features for each picture out. Parameters carry torchvision's names, so that
 * weights go either way. Throws for a depth that there is not.
 */
export function resnet(scope: Scope, x: Value, depth: number): Value {
  const { graph } = scope;
  const isSmall = SMALL.includes(depth);
  const blocks = isSmall ? Array.from({ length: 3 }, () => (depth - 2) / 6) : LARGE[depth];
  if (blocks === undefined) throw new Error(`There is no residual network of ${depth} layers; there are ${RESNET_DEPTHS.join(", ")}.`);
  const width = isSmall ? 16 : 64;
  const block = !isSmall && depth >= DEEP ? bottleneck : basicBlock;
  let maps = relu(graph, normalized(scope, ["conv1", "bn1"], { x, maps: width, kernel: isSmall ? 3 : 7, stride: isSmall ? 1 : 2 }));
  if (!isSmall) maps = maxPool(graph, maps, { kernel: 3, stride: 2, padding: 1 });
  for (const [stage, count] of blocks.entries()) {
    for (let at = 0; at < count; at++) {
      maps = block(scope.in(`layer${stage + 1}`).in(String(at)), maps, { maps: width * 2 ** stage, stride: at === 0 && stage > 0 ? 2 : 1 });
    }
  }
  return globalAverage(graph, maps);
}
