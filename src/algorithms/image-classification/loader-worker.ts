/** A thread of the loader: reads, unpacks and keeps its share of the pictures, and writes views of them. */
import { parentPort, workerData } from "node:worker_threads";
import { seededRandom } from "../../shared/random.ts";
import { writeView } from "./augmentation.ts";
import { readPicture } from "./feature-batch.ts";
import type { LoaderPlan, ViewsAnswer, ViewsOrder } from "./loader.ts";
import { BadPicture, decodePicture, decodeWhole, type Pixels } from "./pictures.ts";

const { paths, unpackTo, cacheBytes, normalization } = workerData as LoaderPlan;
const kept = new Map<number, Pixels>();
let keptBytes = 0;

async function pixelsOf(picture: number): Promise<Pixels> {
  const known = kept.get(picture);
  if (known !== undefined) return known;
  const bytes = await readPicture(paths[picture] ?? "");
  const pixels = unpackTo === undefined ? await decodeWhole(bytes) : await decodePicture(bytes, unpackTo);
  if (keptBytes + pixels.bytes.length <= cacheBytes) {
    kept.set(picture, pixels);
    keptBytes += pixels.bytes.length;
  }
  return pixels;
}

/** One after the other: the library unpacks on threads of its own, several orders are served at once. */
async function serve({ id, pictures, size, augmentation, seed }: ViewsOrder): Promise<void> {
  const length = 3 * size.height * size.width;
  const views = new Float32Array(pictures.length * length);
  const bad: { readonly picture: number; readonly reason: string }[] = [];
  for (const [at, { picture, turn }] of pictures.entries()) {
    try {
      const pixels = await pixelsOf(picture);
      writeView(pixels, augmentation, { into: views, offset: at * length, size, normalization, random: seededRandom(Math.imul(seed + turn, 0x9e3779b1) ^ Math.imul(picture + 1, 0x85ebca6b)) });
    } catch (error) {
      if (!(error instanceof BadPicture)) throw error;
      bad.push({ picture, reason: error.message });
    }
  }
  const answer: ViewsAnswer = { id, views, bad };
  parentPort?.postMessage(answer, [views.buffer]);
}

parentPort?.on("message", (order: ViewsOrder) => void serve(order));
