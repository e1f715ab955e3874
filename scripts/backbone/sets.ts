/** The training pictures: folders of classes, endless shuffled batches of each, and mixtures of pictures. */
import { readdirSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Augmentation } from "../../src/algorithms/image-classification/augmentation.ts";
import { shuffled } from "../../src/algorithms/image-classification/epochs.ts";
import { createLoader, type Loader, type Wanted } from "../../src/algorithms/image-classification/loader.ts";
import type { Normalization } from "../../src/algorithms/image-classification/pictures.ts";
import type { Random } from "../../src/shared/random.ts";

export const NORMALIZATION: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
export const FOLDERS = { cifar: "train", clothing: "clothing10-96px", pets: "pets25-96px" } as const;
export type SetName = keyof typeof FOLDERS;

export interface PictureSet {
  readonly name: SetName;
  readonly classes: readonly string[];
  readonly labels: readonly number[];
  readonly loader: Loader;
}

/** Opens a set; files whose sha256 is excluded are left out. */
export function openSet(data: string, name: SetName, { threads, excluded }: { readonly threads: number; readonly excluded: ReadonlySet<string> }): PictureSet {
  const root = join(data, FOLDERS[name]);
  const classes = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const pictures = classes.flatMap((folder, label) => readdirSync(join(root, folder)).filter((file) => /\.jpe?g$/.test(file)).sort().map((file) => ({ path: join(root, folder, file), label })))
    .filter(({ path }) => excluded.size === 0 || !excluded.has(createHash("sha256").update(readFileSync(path)).digest("hex")));
  const loader = createLoader({ paths: pictures.map(({ path }) => path), unpackTo: undefined, cacheBytes: 2 ** 30, normalization: NORMALIZATION }, threads);
  return { name, classes, labels: pictures.map(({ label }) => label), loader };
}

export interface DrawnBatch {
  readonly views: Float32Array;
  /** Share of each class in each picture: [pictures, classes]. */
  readonly targets: Float32Array;
}

export interface DrawOptions {
  readonly count: number;
  readonly side: number;
  readonly augmentation: Augmentation;
  /** Whether half of the batches are mixtures: of pictures laid over each other, or of a square of one in the other. */
  readonly isMixed: boolean;
}

/** Endless batches of a set, every picture once before any comes again. */
export function drawer({ labels, classes, loader }: PictureSet, random: Random): (options: DrawOptions) => Promise<DrawnBatch> {
  let order: number[] = [];
  let turn = 0;
  const next = (): number => {
    if (order.length === 0) {
      turn += 1;
      order = [...shuffled(labels.length, random)];
    }
    return order.pop() ?? 0;
  };
  return async ({ count, side, augmentation, isMixed }) => {
    const wanted: readonly Wanted[] = Array.from({ length: count }, () => ({ picture: next(), turn }));
    // Drawn before anything is awaited: what comes out must not depend on who is ready first.
    const mix = isMixed && random.fraction() < 0.5 ? { share: random.fraction(), isSquare: random.fraction() < 0.5, place: [random.fraction(), random.fraction()] as const, shift: 1 + Math.floor(random.fraction() * (count - 1)) } : undefined;
    const views = await loader.views(wanted, { size: { height: side, width: side }, augmentation, seed: 1 });
    const targets = new Float32Array(count * classes.length);
    wanted.forEach(({ picture }, row) => targets.fill(1, row * classes.length + (labels[picture] ?? 0), row * classes.length + (labels[picture] ?? 0) + 1));
    return mix === undefined ? { views, targets } : mixed({ views, targets }, { ...mix, count, side });
  };
}

/** CutMix (https://arxiv.org/abs/1905.04899) or mixup (https://arxiv.org/abs/1710.09412) with the batch shifted by some pictures. */
function mixed({ views, targets }: DrawnBatch, { share, isSquare, place, shift, count, side }: { readonly share: number; readonly isSquare: boolean; readonly place: readonly [number, number]; readonly shift: number; readonly count: number; readonly side: number }): DrawnBatch {
  const square = isSquare ? Math.floor(side * Math.sqrt(1 - share)) : 0;
  const kept = isSquare ? 1 - (square * square) / (side * side) : 0.5 + share / 2;
  const [top, left] = place.map((fraction) => Math.floor(fraction * (side - square + 1)));
  const length = views.length / count;
  const classes = targets.length / count;
  const blend = (own: number, other: number): number => own * kept + other * (1 - kept);
  const result = views.slice();
  for (let row = 0; row < count; row++) {
    const other = ((row + shift) % count) * length;
    if (!isSquare) {
      for (let at = 0; at < length; at++) result[row * length + at] = blend(views[row * length + at] ?? 0, views[other + at] ?? 0);
      continue;
    }
    for (let line = 0; line < 3 * square; line++) {
      const at = (Math.floor(line / square) * side + (top ?? 0) + (line % square)) * side + (left ?? 0);
      result.set(views.subarray(other + at, other + at + square), row * length + at);
    }
  }
  return { views: result, targets: targets.map((value, at) => blend(value, targets[((Math.floor(at / classes) + shift) % count) * classes + (at % classes)] ?? 0)) };
}
