import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { gradients } from "../../learn/gradients.ts";
import { createGraph } from "../../learn/graph.ts";
import { ELEMENT_TYPES } from "../../learn/onnx.ts";
import { createSession } from "../../learn/session.ts";
import { floats, toTensor } from "../../learn/tensors.ts";
import { headLoss } from "./head.ts";
import type { Score } from "./score.ts";
import { statisticsOf } from "./tensor-statistics.ts";

/** What the training tells of itself; called in the order of the training. */
export interface HeadObserver {
  /** Before a step, with its batch and the parameters as they are. */
  before(batch: Batch, parameters: Parameters): Promise<void>;
  /** After it, with the loss that it began from. */
  after(loss: number, parameters: Parameters): void;
  epoch(scores: { readonly train: Score; readonly validation: Score; readonly labels: readonly number[] }): void;
  close(): Promise<void>;
}

export interface Batch {
  readonly x: Float32Array;
  readonly labels: BigInt64Array;
}

interface Parameters {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export interface Shape {
  readonly rows: number;
  readonly width: number;
  readonly classes: number;
  readonly threads: number;
}

export interface Watched {
  readonly monotonic: () => number;
  /** The head that is trained; undefined where it is not the head alone, whose gradients would mislead. */
  readonly head?: Shape;
}

/** SAGEBRUSH_HOOK, as the training runtime sets it for a job with rules. */
interface Hook {
  readonly file: string;
  readonly collections: Readonly<Record<string, Readonly<Record<string, string>> | undefined>>;
  readonly classes: boolean;
}

/** Debugger's own, where a collection names none. */
const DEFAULT_INTERVAL = 500;
const FLUSH_MS = 1000;

/** An observer where the job has rules or a hook's configuration, nothing elsewhere: then nothing is computed. */
export async function openObserver(configuration: string | undefined, { monotonic, head }: Watched): Promise<HeadObserver | undefined> {
  if (configuration === undefined) return undefined;
  const hook = JSON.parse(configuration) as Hook;
  mkdirSync(dirname(hook.file), { recursive: true });
  const write = (line: object): void => appendFileSync(hook.file, `${JSON.stringify(line)}\n`);
  const saves = (collection: string, step: number): boolean => {
    const settings = hook.collections[collection];
    return settings !== undefined && step % Number(settings["train.save_interval"] ?? settings["save_interval"] ?? DEFAULT_INTERVAL) === 0;
  };
  const probe = hook.collections["gradients"] === undefined || head === undefined ? undefined : await gradientProbe(head);
  const tensor = (collection: string, name: string, values: Float32Array): void => write({ kind: "tensor", collection, name, step, ...statisticsOf(values) });
  const seen = new Map<number, [seen: number, right: number]>();
  let step = 0;
  let epochs = 0;
  let last: number | undefined;
  let flushed = monotonic();
  let durations: number[] = [];
  const flush = (): void => {
    flushed = monotonic();
    if (durations.length > 0) write({ kind: "steps", durations: durations.slice(-500), count: durations.length });
    durations = [];
  };
  return {
    async before(batch, parameters) {
      if (probe === undefined || !saves("gradients", step)) return;
      for (const [name, values] of Object.entries(await probe.run(batch, parameters))) tensor("gradients", `gradient/${name}`, values);
    },
    after(loss, { weight, bias }) {
      const now = monotonic();
      if (step === 0) write({ kind: "first-step" });
      // From one epoch's last step to the next one's first lies the evaluation.
      if (last !== undefined) durations.push((now - last) / 1000);
      last = now;
      if (saves("losses", step)) write({ kind: "loss", name: "CrossEntropyLoss_output_0", mode: "TRAIN", step, value: Number.isFinite(loss) ? loss : null });
      // After the step: before the first one they are zero by intent, which AllZero would find.
      if (saves("weights", step)) tensor("weights", "weight", weight);
      if (saves("biases", step)) tensor("biases", "bias", bias);
      if (now - flushed >= FLUSH_MS) flush();
      step += 1;
    },
    epoch({ train, validation, labels }) {
      // There are as few of them as epochs: each is told.
      if (hook.collections["losses"] !== undefined) write({ kind: "loss", name: "CrossEntropyLoss_output_0", mode: "EVAL", step: epochs, value: Number.isFinite(validation.loss) ? validation.loss : null });
      epochs += 1;
      last = undefined;
      flush();
      if (!hook.classes) return;
      for (const [index, label] of labels.entries()) {
        const [count, right] = seen.get(label) ?? [0, 0];
        seen.set(label, [count + 1, right + (train.predictions[index] === label ? 1 : 0)]);
      }
      write({ kind: "classes", counts: Object.fromEntries(seen) });
    },
    close: async () => {
      flush();
      await probe?.close();
    },
  };
}

interface Probe {
  run(batch: Batch, parameters: Parameters): Promise<Record<"weight" | "bias", Float32Array>>;
  close(): Promise<void>;
}

/** The gradients of the head's loss, by a graph of their own that is run at saved steps alone: training itself goes on as it does without. */
async function gradientProbe({ rows, width, classes, threads }: Shape): Promise<Probe> {
  const graph = createGraph("gradients");
  const inputs = {
    x: graph.input("x", [rows, width], ELEMENT_TYPES.float), labels: graph.input("labels", [rows], ELEMENT_TYPES.int64),
    weight: graph.input("weight", [width, classes]), bias: graph.input("bias", [classes]),
  };
  const [weight, bias] = gradients(graph, headLoss(graph, inputs), [inputs.weight, inputs.bias]);
  if (weight === undefined || bias === undefined) throw new Error("The head's loss has no gradients.");
  graph.output("gradient.weight", weight);
  graph.output("gradient.bias", bias);
  const session = await createSession(graph.encode(), { threads });
  return {
    async run(batch, parameters) {
      const results = await session.run({
        x: await toTensor(batch.x, [rows, width]), labels: await toTensor(batch.labels, [rows]),
        weight: await toTensor(parameters.weight, [width, classes]), bias: await toTensor(parameters.bias, [classes]),
      });
      return { weight: floats(results["gradient.weight"]), bias: floats(results["gradient.bias"]) };
    },
    close: () => session.release(),
  };
}
