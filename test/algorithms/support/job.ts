import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { seededRandom } from "../../../src/shared/random.ts";
import { tinyBackbone } from "./tiny-backbone.ts";

export const program = (name: "train" | "serve"): string =>
  fileURLToPath(new URL(`../../../src/algorithms/image-classification/${name}.ts`, import.meta.url));

/** Files of a channel by their paths. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface JobOptions {
  readonly hyperparameters?: Readonly<Record<string, string | undefined>>;
  readonly channels?: Readonly<Record<string, Files | undefined>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Job extends AsyncDisposable {
  readonly root: string;
  /** Runs the training program as a machine does; sends SIGTERM when the text appears in its log. */
  train(stopAt?: string): Promise<{ readonly code: number | null; readonly log: string }>;
  failure(): Promise<string>;
  artifact(name: string): Promise<unknown>;
}

const COLOURS = { fire: [200, 60, 40], sea: [40, 80, 200], wood: [70, 150, 60] } as const;
export const CLASSES = Object.keys(COLOURS) as (keyof typeof COLOURS)[];

/** A noisy picture of a class's colour: different each time, told apart by the mean colour. */
export async function picture(name: keyof typeof COLOURS, seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const random = seededRandom(seed);
  const bytes = Uint8Array.from({ length: 40 * 32 * 3 }, (_, at) => Math.max(0, Math.min(255, (COLOURS[name][at % 3] ?? 0) + (random.fraction() - 0.5) * 180)));
  return Uint8Array.from(await sharp(bytes, { raw: { width: 40, height: 32, channels: 3 } }).jpeg().toBuffer());
}

/** Lines of a `.lst` file. */
export const list = (entries: readonly (readonly [label: number, path: string])[]): string =>
  entries.map(([label, path], index) => `${index}\t${label}\t${path}\n`).join("");

/** Pictures of three classes, `count` each, in a folder for each class, and their list. */
export async function pictures(count: number, seed: number): Promise<{ readonly files: Files; readonly list: string }> {
  const entries = CLASSES.flatMap((name, label) => Array.from({ length: count }, (_, index) => ({ name, label, path: `${name}/${index}.jpg`, seed: seed + label * 1000 + index })));
  const files = Object.fromEntries(await Promise.all(entries.map(async (entry) => [entry.path, await picture(entry.name, entry.seed)] as const)));
  return { files, list: list(entries.map(({ label, path }) => [label, path])) };
}

async function write(folder: string, files: Files): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Lays out a training job's folders in a temporary place; what the options do not name is a sound small job. */
export async function createJob({ hyperparameters = {}, channels = {}, config = {}, environment = {} }: JobOptions = {}): Promise<Job> {
  const root = await mkdtemp(join(tmpdir(), "sagebrush-job-"));
  const [train, validation] = await Promise.all([pictures(12, 1), pictures(6, 50_000)]);
  const sound: Readonly<Record<string, Files>> = {
    train: train.files,
    validation: validation.files,
    train_lst: { "train.lst": train.list },
    validation_lst: { "validation.lst": validation.list },
    backbone: { "tiny.onnx": tinyBackbone({ metadata: [{ key: "image_size", value: "32" }] }) },
  };
  for (const [name, files] of Object.entries({ ...sound, ...channels })) if (files) await write(join(root, "input", "data", name), files);
  const settings = { num_classes: "3", num_training_samples: "36", use_pretrained_model: "1", epochs: "20", mini_batch_size: "8", ...hyperparameters };
  await write(join(root, "input", "config"), {
    "hyperparameters.json": JSON.stringify(settings),
    ...Object.fromEntries(Object.entries(config).map(([name, value]) => [name, JSON.stringify(value)])),
  });
  return {
    root,
    train: (stopAt) =>
      new Promise((done) => {
        const child = spawn(process.execPath, [program("train")], { env: { SAGEBRUSH_ML_ROOT: root, SAGEBRUSH_VCPUS: "1", ...environment } });
        let log = "";
        let hasStopped = false;
        for (const stream of [child.stdout, child.stderr]) {
          stream.on("data", (chunk: Buffer) => {
            log += chunk.toString();
            if (stopAt === undefined || hasStopped || !log.includes(stopAt)) return;
            hasStopped = child.kill("SIGTERM");
          });
        }
        child.on("close", (code) => done({ code, log }));
      }),
    failure: () => readFile(join(root, "output", "failure"), "utf8"),
    artifact: async (name) => JSON.parse(await readFile(join(root, "model", name), "utf8")) as unknown,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
