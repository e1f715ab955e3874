import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attribute, encodeModel, floatTensor, int64Tensor, valueInfo, type GraphProto, type NodeProto, type TensorProto } from "../../learn/onnx.ts";
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
  /** Whether the model looks at the mirror image too and averages both, inside its graph. */
  readonly mirrored: boolean;
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

interface Piece {
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
}

const node = (opType: string, input: readonly string[], output: string, attributes: NodeProto["attribute"] = []): NodeProto => ({
  opType, input, output: [output], attribute: attributes,
});

/** Puts each picture and its mirror image through the network together and averages their features. */
function mirrored({ backbone, info }: ModelParts): Piece & { readonly features: string } {
  const { width } = info.input.size;
  const name = (text: string): string => OURS + text;
  const before = [
    node("Gather", [backbone.input, name("columns")], name("mirrored"), [attribute("axis", { int: 3 })]),
    node("Concat", [backbone.input, name("mirrored")], name("both"), [attribute("axis", { int: 0 })]),
  ];
  const network = backbone.model.graph.node.map((one) => ({ ...one, input: one.input.map((input) => (input === backbone.input ? name("both") : input)) }));
  const after = [
    node("Reshape", [backbone.features, name("pairs_shape")], name("pairs")),
    node("Gather", [name("pairs"), name("first")], name("plain_features"), [attribute("axis", { int: 0 })]),
    node("Gather", [name("pairs"), name("second")], name("mirrored_features"), [attribute("axis", { int: 0 })]),
    node("Add", [name("plain_features"), name("mirrored_features")], name("summed")),
    node("Mul", [name("summed"), name("half")], name("features")),
  ];
  const initializer = [
    int64Tensor(name("columns"), [width], Array.from({ length: width }, (_, column) => width - 1 - column)),
    int64Tensor(name("pairs_shape"), [3], [2, -1, backbone.featureCount]),
    int64Tensor(name("first"), [], [0]),
    int64Tensor(name("second"), [], [1]),
    floatTensor(name("half"), [], [0.5]),
  ];
  return { node: [...before, ...network, ...after], initializer, features: name("features") };
}

/** One portable ONNX model: normalised pictures in, probabilities of the classes out. */
export function composeModel(parts: ModelParts): Uint8Array {
  const { backbone, head, labels, info } = parts;
  const { graph } = backbone.model;
  const body = info.mirrored ? mirrored(parts) : { node: graph.node, initializer: [], features: backbone.features };
  const logits = `${OURS}logits`;
  const whole: GraphProto = {
    ...graph,
    node: [
      ...body.node,
      node("Gemm", [body.features, `${OURS}weight`, `${OURS}bias`], logits),
      node("Softmax", [logits], OUTPUT, [attribute("axis", { int: 1 })]),
    ],
    initializer: [
      ...graph.initializer,
      ...body.initializer,
      floatTensor(`${OURS}weight`, [head.width, head.classes], head.weight),
      floatTensor(`${OURS}bias`, [head.classes], head.bias),
    ],
    output: [valueInfo(OUTPUT, [backbone.fixedBatch ?? "batch", head.classes])],
    // Shapes of values inside, as exporters note them, are no longer true when both images go through together.
    valueInfo: [],
  };
  return encodeModel({
    ...backbone.model,
    producerName: "sagebrush",
    graph: whole,
    metadata: [
      { key: "labels", value: JSON.stringify(labels) },
      { key: "model_info", value: JSON.stringify(info) },
    ],
  });
}

/** Writes the artifact's files: model, labels, metrics and what a program must know to use them. */
export async function writeArtifact(folder: string, parts: ModelParts, metrics: Metrics): Promise<void> {
  await mkdir(folder, { recursive: true });
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  await writeFile(join(folder, ARTIFACT.model), composeModel(parts));
  await writeFile(join(folder, ARTIFACT.labels), json(parts.labels));
  await writeFile(join(folder, ARTIFACT.info), json(parts.info));
  await writeFile(join(folder, ARTIFACT.metrics), json(metrics));
}
