import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createSession } from "../../learn/session.ts";
import { floats, toTensor } from "../../learn/tensors.ts";
import type { ModelInfo } from "./artifact.ts";
import { ARTIFACT } from "./contract.ts";
import { centre, decodePicture, sizeBeforeCrop, writeInput } from "./pictures.ts";

/** A trained model, ready to answer. */
export interface ServedModel {
  readonly labels: readonly string[];
  /** Probabilities of the classes for a JPEG or PNG. Throws BadPicture. */
  classify(picture: Uint8Array): Promise<Float32Array>;
}

/** Loads an artifact's folder and runs it once, so that the first caller does not wait for what a first run prepares. */
export async function loadModel(folder: string, threads: number): Promise<ServedModel> {
  const model = join(folder, ARTIFACT.model);
  const [info, labels, session] = await Promise.all([
    readFile(join(folder, ARTIFACT.info), "utf8").then((text) => JSON.parse(text) as ModelInfo),
    readFile(join(folder, ARTIFACT.labels), "utf8").then((text) => JSON.parse(text) as readonly string[]),
    createSession(model, { threads }),
    // Loaded beside the model: the first picture needs it.
    import("sharp"),
  ]);
  if (info.format !== 1) throw new Error(`${ARTIFACT.info} is of format ${String(info.format)}; this server reads format 1.`);
  const { size, cropShare, normalization, name } = info.input;
  const before = sizeBeforeCrop(size, cropShare);
  const run = async (input: Float32Array): Promise<Float32Array> => {
    const results = await session.run({ [name]: await toTensor(input, [1, 3, size.height, size.width]) });
    return floats(results[info.output] as Parameters<typeof floats>[0]);
  };
  await run(new Float32Array(3 * size.height * size.width));
  return {
    labels,
    async classify(picture) {
      const pixels = await decodePicture(picture, before);
      const input = new Float32Array(3 * size.height * size.width);
      writeInput(pixels, centre(pixels, size), { target: input, offset: 0, size, normalization });
      return run(input);
    },
  };
}
