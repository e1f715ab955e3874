import { readFile } from "node:fs/promises";
import { seededRandom, type Random } from "../../shared/random.ts";
import { createSession } from "../../learn/session.ts";
import { floats, toTensor } from "../../learn/tensors.ts";
import { writeView, type Augmentation } from "./augmentation.ts";
import { BadPicture, centre, decodePicture, sizeBeforeCrop, writeInput, type Normalization, type Pixels, type Size, type View } from "./pictures.ts";

/** A picture that was left out, with the reason. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** What an extractor needs to know. */
export interface ExtractorPlan {
  /** The cut network as the bytes of an ONNX file, and the names of its input and output. */
  readonly network: Uint8Array;
  readonly input: string;
  readonly output: string;
  /** Set when the network takes only batches of this many. */
  readonly fixedBatch: number | undefined;
  readonly size: Size;
  readonly normalization: Normalization;
  /** Share of the picture that one view shows, in (0, 1]. */
  readonly cropShare: number;
  /** Views at random places beside the middle. */
  readonly cuts: number;
  /** How these are varied; undefined for cuts as the picture is, every other one mirrored. */
  readonly augmentation: Augmentation | undefined;
  readonly seed: number;
  readonly threads: number;
}

/** Pictures that go through the network together; `first` is the number of the first among all. */
export interface Batch {
  readonly first: number;
  readonly paths: readonly string[];
}

export interface BatchFeatures {
  /** The numbers, among all, of the pictures that could be read. */
  readonly pictures: readonly number[];
  readonly values: Float32Array;
  readonly skipped: readonly Skipped[];
}

export interface Extractor {
  /** Several calls may run at once: while one computes, the others' pictures are read and unpacked. */
  run(batch: Batch): Promise<BatchFeatures>;
  close(): Promise<void>;
}

/** A view: a cut, or one that is drawn while it is written. */
type Seen = View | { readonly drawn: Random };

/** The middle, and views at random places; a picture's depend on the seed and its number alone. */
function viewsOf(pixels: Pixels, { size, cuts, seed, augmentation }: ExtractorPlan, picture: number): readonly Seen[] {
  const random = seededRandom(seed + picture);
  const some = Array.from({ length: cuts }, (_, index): Seen => (augmentation !== undefined ? { drawn: random } : {
    left: Math.floor(random.fraction() * (pixels.width - size.width + 1)),
    top: Math.floor(random.fraction() * (pixels.height - size.height + 1)),
    mirrored: index % 2 === 0,
  }));
  return [centre(pixels, size), ...some];
}

/** The bytes of a channel's file. Throws BadPicture when there is none. */
export async function readPicture(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // ENOTDIR: a file stands where the path has a folder.
    if (code === "ENOENT" || code === "ENOTDIR") throw new BadPicture("is not in the channel");
    if (code === "EISDIR") throw new BadPicture("is a folder, not a picture");
    throw error;
  }
}

async function load(path: string, size: Size): Promise<Pixels | Skipped> {
  try {
    return await decodePicture(await readPicture(path), size);
  } catch (error) {
    if (error instanceof BadPicture) return { path, reason: error.message };
    throw error;
  }
}

/** Prepares to compute features on this thread. */
export async function createExtractor(plan: ExtractorPlan): Promise<Extractor> {
  const { size, normalization, fixedBatch, augmentation } = plan;
  const session = await createSession(plan.network, { threads: plan.threads });
  const before = sizeBeforeCrop(size, plan.cropShare);
  const numbersPerView = 3 * size.height * size.width;

  const compute = async (views: readonly { readonly pixels: Pixels; readonly view: Seen }[]): Promise<Float32Array> => {
    const input = new Float32Array(views.length * numbersPerView);
    views.forEach(({ pixels, view }, index) => {
      const offset = index * numbersPerView;
      if (!("drawn" in view)) writeInput(pixels, view, { target: input, offset, size, normalization });
      else if (augmentation !== undefined) writeView(pixels, augmentation, { into: input, offset, size, normalization, random: view.drawn });
    });
    const results = await session.run({ [plan.input]: await toTensor(input, [views.length, 3, size.height, size.width]) });
    return floats(results[plan.output] as Parameters<typeof floats>[0]);
  };

  return {
    async run({ first, paths }) {
      const loaded = await Promise.all(paths.map((path) => load(path, before)));
      const pictures: number[] = [];
      const skipped: Skipped[] = [];
      const chunks: Float32Array[] = [];
      const views = loaded.flatMap((one, index) => {
        if ("reason" in one) {
          skipped.push(one);
          return [];
        }
        pictures.push(first + index);
        return viewsOf(one, plan, first + index).map((view) => ({ pixels: one, view }));
      });
      const perRun = fixedBatch ?? Math.max(1, paths.length);
      for (let at = 0; at < views.length; at += perRun) chunks.push(await compute(views.slice(at, at + perRun)));
      return { pictures, values: concatenate(chunks), skipped };
    },
    close: () => session.release(),
  };
}

/** The numbers of all, one after the other. */
export function concatenate(chunks: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    values.set(chunk, at);
    at += chunk.length;
  }
  return values;
}
