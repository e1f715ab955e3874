import { readFile } from "node:fs/promises";
import type { Random } from "../../shared/random.ts";
import { createSession } from "../../learn/session.ts";
import { floats, toTensor } from "../../learn/tensors.ts";
import { featureNetwork, type Backbone } from "./network.ts";
import { BadPicture, centre, decodePicture, sizeBeforeCrop, writeInput, type Pixels, type Size, type View } from "./pictures.ts";

/** Pictures per run of the network: enough to fill two cores, few enough to stay in the processor's cache. */
const BATCH = 16;

/** Features of pictures: for each its view of the middle, then its further views, each `width` numbers. */
export interface Features {
  readonly width: number;
  readonly viewsPerPicture: number;
  /** In the order of the pictures that could be read. */
  readonly values: Float32Array;
  /** Which of the given pictures those are. */
  readonly pictures: readonly number[];
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** Which views of a picture to compute: chosen for each picture anew. */
export type ViewChooser = (pixels: Pixels, size: Size) => readonly View[];

export interface FeatureOptions {
  readonly backbone: Backbone;
  readonly size: Size;
  /** Share of the picture that one view shows, in (0, 1]. */
  readonly cropShare: number;
  readonly views: ViewChooser;
  readonly threads: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The middle alone. */
export const middleView: ViewChooser = (pixels, size) => [centre(pixels, size)];

/** The middle, and further cuts at random places, every other one mirrored. */
export const randomViews =
  (random: Random, count: number): ViewChooser =>
  (pixels, size) => [
    centre(pixels, size),
    ...Array.from({ length: count }, (_, index) => ({
      left: Math.floor(random.fraction() * (pixels.width - size.width + 1)),
      top: Math.floor(random.fraction() * (pixels.height - size.height + 1)),
      mirrored: index % 2 === 0,
    })),
  ];

type Loaded = { readonly pixels: Pixels } | { readonly problem: string };

async function load(path: string, size: Size): Promise<Loaded> {
  try {
    return { pixels: await decodePicture(await readFile(path), size) };
  } catch (error) {
    if (error instanceof BadPicture) return { problem: error.message };
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { problem: "is not in the channel" };
    throw error;
  }
}

/**
 * Runs every picture once through the network; while it computes, the next ones are read and unpacked. Pictures that cannot
 * be read are skipped and named.
 */
export async function extractFeatures(paths: readonly string[], options: FeatureOptions): Promise<Features> {
  const { backbone, size } = options;
  const session = await createSession(featureNetwork(backbone), { threads: options.threads });
  const before = sizeBeforeCrop(size, options.cropShare);
  const numbersPerView = 3 * size.height * size.width;
  const chunks: Float32Array[] = [];
  const pictures: number[] = [];
  const skipped: Skipped[] = [];
  let viewsPerPicture = 1;
  const read = (from: number): Promise<readonly Loaded[]> => Promise.all(paths.slice(from, from + BATCH).map((path) => load(path, before)));

  let next = read(0);
  for (let from = 0; from < paths.length; from += BATCH) {
    const loaded = await next;
    // Started before the network runs, so that unpacking overlaps with it.
    next = read(from + BATCH);
    const views: { readonly pixels: Pixels; readonly view: View }[] = [];
    loaded.forEach((one, index) => {
      if ("problem" in one) {
        skipped.push({ path: paths[from + index] ?? "", reason: one.problem });
        return;
      }
      const chosen = options.views(one.pixels, size);
      viewsPerPicture = chosen.length;
      pictures.push(from + index);
      views.push(...chosen.map((view) => ({ pixels: one.pixels, view })));
    });
    const perRun = backbone.fixedBatch ?? BATCH * 2;
    for (let at = 0; at < views.length; at += perRun) {
      const part = views.slice(at, at + perRun);
      const input = new Float32Array(part.length * numbersPerView);
      part.forEach(({ pixels, view }, index) => writeInput(pixels, view, { target: input, offset: index * numbersPerView, size, normalization: backbone.normalization }));
      const results = await session.run({ [backbone.input]: await toTensor(input, [part.length, 3, size.height, size.width]) });
      chunks.push(floats(results[backbone.features] as Parameters<typeof floats>[0]));
    }
    options.onProgress?.(Math.min(from + BATCH, paths.length), paths.length);
  }
  await session.release();
  return { width: backbone.featureCount, viewsPerPicture, values: concatenate(chunks), pictures, skipped };
}

function concatenate(chunks: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    values.set(chunk, at);
    at += chunk.length;
  }
  return values;
}
