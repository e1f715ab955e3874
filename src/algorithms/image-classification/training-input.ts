import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClientError, notSupported } from "./client-error.ts";
import { BACKBONE_CHANNEL, CONTENT_TYPES, REQUIRED_CHANNELS } from "./contract.ts";
import type { JobLog } from "./job-log.ts";
import type { Layout } from "./layout.ts";
import { classNames, readList, type ListedPicture } from "./list-file.ts";
import { readBackbone, type Backbone } from "./network.ts";

/** The network that is used when no `backbone` channel is given. */
export const SHIPPED_BACKBONE = fileURLToPath(new URL("./backbone/dogs-free-small.onnx", import.meta.url));

const exists = (path: string): Promise<boolean> => access(path).then(() => true, () => false);

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new ClientError(`${path} could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** The strings of `hyperparameters.json`. */
export async function readHyperparameters(layout: Layout): Promise<Readonly<Record<string, string>>> {
  const given = await readJson(layout.hyperparameters);
  if (!isRecord(given)) throw new ClientError(`${layout.hyperparameters} does not hold an object.`);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

/** Refuses content types and input modes that this algorithm does not take. */
export async function checkConfiguration(layout: Layout): Promise<void> {
  for (const channel of REQUIRED_CHANNELS) {
    if (!(await exists(layout.channel(channel)))) throw new ClientError(`The channel ${channel} is not specified. Pictures need the channels ${REQUIRED_CHANNELS.join(", ")}.`);
  }
  if (!(await exists(layout.inputDataConfig))) return;
  const channels = await readJson(layout.inputDataConfig);
  for (const [name, channel] of Object.entries(isRecord(channels) ? channels : {})) {
    if (!isRecord(channel)) continue;
    if (name === "model") throw notSupported("Incremental training (the channel model)", "Leave the channel out.");
    const type = channel["ContentType"];
    const isPictures = (REQUIRED_CHANNELS as readonly string[]).includes(name);
    if (isPictures && typeof type === "string" && type !== "" && !(CONTENT_TYPES as readonly string[]).includes(type)) {
      throw notSupported(`The content type ${type} of the channel ${name}`, `Use ${CONTENT_TYPES.join(", ")}.`);
    }
    const mode = channel["TrainingInputMode"];
    if (typeof mode === "string" && mode !== "File") throw notSupported(`The input mode ${mode} of the channel ${name}`, "Use File.");
  }
}

/** The backbone of the job's own channel, or the shipped one. */
export async function findBackbone(layout: Layout): Promise<Backbone> {
  const folder = layout.channel(BACKBONE_CHANNEL);
  if (!(await exists(folder))) return readBackbone(SHIPPED_BACKBONE);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".onnx"));
  const [file, ...more] = files;
  if (file === undefined) throw new ClientError(`The channel ${BACKBONE_CHANNEL} holds no .onnx file.`);
  if (more.length > 0) throw new ClientError(`The channel ${BACKBONE_CHANNEL} holds more than one .onnx file: ${files.join(", ")}.`);
  return readBackbone(join(folder, file));
}

/** The pictures of both channels with their classes, and the classes' names. */
export interface Dataset {
  readonly train: readonly ListedPicture[];
  readonly validation: readonly ListedPicture[];
  readonly labels: readonly string[];
}

/** Reads both lists. */
export async function readDataset(layout: Layout, numClasses: number, log: JobLog): Promise<Dataset> {
  const read = async (channel: string): Promise<readonly ListedPicture[]> => {
    const folder = layout.channel(channel);
    log.info(`Searching for .lst files in ${folder}.`);
    const { file, pictures } = await readList(folder, numClasses);
    log.info(`${file}: ${pictures.length} pictures.`);
    return pictures;
  };
  const train = await read("train_lst");
  return { train, validation: await read("validation_lst"), labels: classNames(train, numClasses) };
}

/** Throws when a class has no picture to learn from, or there is none to be measured on. Labels are those of the pictures that can be used. */
export function checkUsable({ labels }: Dataset, usable: { readonly train: readonly number[]; readonly validation: readonly number[] }): void {
  labels.forEach((label, index) => {
    if (!usable.train.includes(index)) throw new ClientError(`The class ${index} (${label}) has no usable picture in the channel train; num_classes=${labels.length} needs pictures of each class.`);
  });
  if (usable.validation.length === 0) throw new ClientError("The channel validation has no usable picture.");
}
