import type { Augmentation } from "./augmentation.ts";
import { concatenate, createExtractor, type Batch, type BatchFeatures, type Skipped } from "./feature-batch.ts";
import { featureNetwork, type Backbone } from "./network.ts";
import type { Size } from "./pictures.ts";

/** Pictures per run of the network: enough to fill two cores, few enough to stay in the processor's cache. */
const BATCH = 16;

/** Features of pictures, `width` numbers for each view; the views of a picture stand together, its middle first. */
export interface Features {
  readonly width: number;
  readonly viewsPerPicture: number;
  /** In the order of the pictures that could be read. */
  readonly values: Float32Array;
  /** Which of the given pictures those are. */
  readonly pictures: readonly number[];
  readonly skipped: readonly Skipped[];
}

export interface FeatureOptions {
  readonly backbone: Backbone;
  readonly size: Size;
  /** Share of the picture that one view shows, in (0, 1]. */
  readonly cropShare: number;
  /** Views at random places beside the middle. */
  readonly cuts: number;
  /** How these are varied beyond cutting and mirroring. */
  readonly augmentation?: Augmentation | undefined;
  readonly seed: number;
  readonly threads: number;
  /** Ends the work with the signal's reason, at the next batch. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Runs every picture once through the network. Pictures that cannot be read are skipped and named. */
export const extractFeatures = async (paths: readonly string[], options: FeatureOptions): Promise<Features> =>
  assembleFeatures((await extractBatches(paths, options)).filter((batch) => batch !== undefined), options);

/** The features of batches, all of them and in their order. */
export const assembleFeatures = (batches: readonly BatchFeatures[], { backbone, cuts }: Pick<FeatureOptions, "backbone" | "cuts">): Features => ({
  width: backbone.featureCount,
  viewsPerPicture: 1 + cuts,
  values: concatenate(batches.map(({ values }) => values)),
  pictures: batches.flatMap(({ pictures }) => pictures),
  skipped: batches.flatMap(({ skipped }) => skipped),
});

/** Computes the batches that are wanted, each where its number says: which pictures stand together does not depend on who computes them, so that any host's features are the same. */
export async function extractBatches(paths: readonly string[], options: FeatureOptions, wanted: (index: number) => boolean = () => true): Promise<readonly (BatchFeatures | undefined)[]> {
  const { backbone, size, cropShare, cuts, augmentation, seed, threads, signal, onProgress } = options;
  const batches: readonly Batch[] = Array.from({ length: Math.ceil(paths.length / BATCH) }, (_, index) => ({ first: index * BATCH, paths: paths.slice(index * BATCH, (index + 1) * BATCH) }));
  const extractor = await createExtractor({
    network: featureNetwork(backbone), input: backbone.input, output: backbone.features, fixedBatch: backbone.fixedBatch, normalization: backbone.normalization,
    size, cropShare, cuts, augmentation, seed, threads,
  });
  const total = batches.reduce((sum, batch, index) => sum + (wanted(index) ? batch.paths.length : 0), 0);
  const results: (BatchFeatures | undefined)[] = batches.map(() => undefined);
  let next = 0;
  let done = 0;
  const takeBatches = async (): Promise<void> => {
    for (let index = next++; index < batches.length; index = next++) {
      const batch = batches[index];
      if (batch === undefined) return;
      if (!wanted(index)) continue;
      signal?.throwIfAborted();
      results[index] = await extractor.run(batch);
      done += batch.paths.length;
      onProgress?.(done, total);
    }
  };
  // Two batches at a time: one is read and unpacked while the other is computed. Two networks of one thread each were tried on
  // worker threads: as fast, for twice the memory.
  await Promise.all([takeBatches(), takeBatches()]);
  await extractor.close();
  return results;
}
