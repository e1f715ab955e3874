import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attribute, encodeModel, floatTensor, valueInfo, type GraphProto, type NodeProto } from "../../learn/onnx.ts";
import { ARTIFACT } from "./contract.ts";
import type { Head } from "./head.ts";
import type { Metrics } from "./metrics.ts";
import type { Backbone } from "./network.ts";
import type { Normalization, Size } from "./pictures.ts";

/** What a program needs to know to use `model.onnx`; also written into the model's own metadata. */
export interface ModelInfo {
  readonly format: 1;
  readonly input: { readonly name: string; readonly layout: "NCHW"; readonly colours: "RGB"; readonly size: Size; readonly normalization: Normalization; readonly cropShare: number };
  readonly output: string;
  readonly classes: number;
  readonly backbone: string;
}

export interface ModelParts {
  readonly backbone: Backbone;
  readonly head: Head;
  readonly labels: readonly string[];
  readonly info: ModelInfo;
}

export const OUTPUT = "probabilities";
/** In front of our names, so that they meet none of the backbone's. */
const OURS = "sagebrush_";

const node = (opType: string, input: readonly string[], output: string, attributes: NodeProto["attribute"] = []): NodeProto => ({
  opType, input, output: [output], attribute: attributes,
});

/** One portable ONNX model: normalised pictures in, probabilities of the classes out. */
export function composeModel(parts: ModelParts): Uint8Array {
  const { backbone, head, labels, info } = parts;
  const { graph } = backbone.model;
  const logits = `${OURS}logits`;
  const whole: GraphProto = {
    ...graph,
    node: [
      ...graph.node,
      node("Gemm", [backbone.features, `${OURS}weight`, `${OURS}bias`], logits),
      node("Softmax", [logits], OUTPUT, [attribute("axis", { int: 1 })]),
    ],
    initializer: [
      ...graph.initializer,
      floatTensor(`${OURS}weight`, [head.width, head.classes], head.weight),
      floatTensor(`${OURS}bias`, [head.classes], head.bias),
    ],
    output: [valueInfo(OUTPUT, [backbone.fixedBatch ?? "batch", head.classes])],
  };
  const metadata = Object.entries(metadataOf(labels, info)).map(([key, value]) => ({ key, value }));
  return encodeModel({ ...backbone.model, producerName: "sagebrush", graph: whole, metadata });
}

/** What the model file says of itself. */
export const metadataOf = (labels: readonly string[], info: ModelInfo): Readonly<Record<string, string>> => ({ labels: JSON.stringify(labels), model_info: JSON.stringify(info) });

/** Writes the artifact's files: model, labels, metrics and what a program must know to use them. */
export async function writeArtifact(folder: string, { model, labels, info }: { readonly model: Uint8Array; readonly labels: readonly string[]; readonly info: ModelInfo }, metrics: Metrics): Promise<void> {
  await mkdir(folder, { recursive: true });
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  await writeFile(join(folder, ARTIFACT.model), model);
  await writeFile(join(folder, ARTIFACT.labels), json(labels));
  await writeFile(join(folder, ARTIFACT.info), json(info));
  await writeFile(join(folder, ARTIFACT.metrics), json(metrics));
}
