import { createGraph } from "../../learn/graph.ts";
import { linear } from "../../learn/operations.ts";
import { createSession } from "../../learn/session.ts";
import { floats, toTensor } from "../../learn/tensors.ts";
import type { LabelledFeatures } from "./head.ts";

/** How well a head does on a set of pictures. */
export interface Score {
  readonly accuracy: number;
  /** Mean cross-entropy, without smoothing. */
  readonly loss: number;
  /** Share of pictures whose class is among the `topK` likeliest; undefined when that was not asked for. */
  readonly topK: number | undefined;
  /** The class given to each picture. */
  readonly predictions: readonly number[];
}

export interface Scorer {
  score(head: { readonly weight: Float32Array; readonly bias: Float32Array }): Promise<Score>;
  close(): Promise<void>;
}

/** One row for each picture: its first view, the middle. */
export function middleRows({ width, views, values, labels }: LabelledFeatures): Float32Array {
  if (views === 1) return values;
  const rows = new Float32Array(labels.length * width);
  labels.forEach((_, picture) => rows.set(values.subarray(picture * views * width, picture * views * width + width), picture * width));
  return rows;
}

/** Prepares to score heads on the same pictures again and again. */
export async function createScorer(features: LabelledFeatures, options: { readonly classes: number; readonly threads: number; readonly topK?: number | undefined }): Promise<Scorer> {
  const { classes, topK } = options;
  const { width, labels } = features;
  const graph = createGraph("score");
  const parameters = { weight: graph.input("weight", [width, classes]), bias: graph.input("bias", [classes]) };
  graph.output("logits", linear(graph, graph.input("x", [labels.length, width]), parameters));
  const session = await createSession(graph.encode(), { threads: options.threads });
  const x = await toTensor(middleRows(features), [labels.length, width]);
  return {
    async score({ weight, bias }) {
      const results = await session.run({ x, weight: await toTensor(weight, [width, classes]), bias: await toTensor(bias, [classes]) });
      return scoreLogits(floats(results["logits"] as Parameters<typeof floats>[0]), labels, { classes, topK });
    },
    close: () => session.release(),
  };
}

/** Compares logits [pictures, classes] with the pictures' classes. */
export function scoreLogits(logits: Float32Array, labels: readonly number[], { classes, topK }: { readonly classes: number; readonly topK?: number | undefined }): Score {
  let right = 0;
  let among = 0;
  let loss = 0;
  const predictions = labels.map((label, picture) => {
    const row = logits.subarray(picture * classes, (picture + 1) * classes);
    const highest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const own = row[label] ?? -Infinity;
    loss += highest - own + Math.log(row.reduce((sum, value) => sum + Math.exp(value - highest), 0));
    const prediction = row.indexOf(highest);
    if (prediction === label) right += 1;
    if (topK !== undefined && row.filter((value) => value > own).length < topK) among += 1;
    return prediction;
  });
  const count = labels.length;
  return { accuracy: right / count, loss: loss / count, topK: topK === undefined ? undefined : among / count, predictions };
}
