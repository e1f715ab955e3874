import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { decodeModel, ELEMENT_TYPES, encodeModel, valueInfo, type GraphProto, type ModelProto, type NodeProto, type ValueInfoProto } from "../../learn/onnx.ts";
import { ClientError } from "./client-error.ts";
import type { Normalization, Size } from "./pictures.ts";

/** A pretrained classifier cut open before its last layer. */
export interface Backbone {
  readonly name: string;
  /** The classifier up to the features that its last layer reads; those are its one output. */
  readonly model: ModelProto;
  readonly input: string;
  readonly features: string;
  readonly featureCount: number;
  /** The size it was made for; what it demands when `fixedSize`. */
  readonly size: Size;
  readonly fixedSize: boolean;
  /** Undefined when it takes batches of any size. */
  readonly fixedBatch: number | undefined;
  readonly normalization: Normalization;
}

/** torchvision's classifiers are trained on 224x224 with these: https://pytorch.org/vision/stable/models.html */
export const IMAGENET: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const DEFAULT_SIDE = 224;

/** What may stand between the last fully connected layer and the output. */
const AFTER_THE_LAST_LAYER = new Set(["Softmax", "LogSoftmax", "Sigmoid", "Add", "Identity", "Reshape", "Flatten", "Squeeze", "Cast", "Dropout"]);

const fixed = (value: ValueInfoProto | undefined, axis: number): number | undefined => {
  const size = value?.type?.tensor?.shape?.dim[axis]?.value;
  // Exporters write 0 or -1 for a size that is free.
  return size !== undefined && Number(size) > 0 ? Number(size) : undefined;
};

function lastLayer(graph: GraphProto, refuse: (text: string) => ClientError): { readonly features: string; readonly featureCount: number } {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const weights = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  let name: string | undefined = graph.output[0]?.name;
  for (let node = producers.get(name ?? ""); node !== undefined; node = producers.get(name ?? "")) {
    if (node.opType === "Gemm" || node.opType === "MatMul") {
      const [features = "", weightName = ""] = node.input;
      const dims = weights.get(weightName)?.dims.map(Number);
      if (dims === undefined || dims.length !== 2) throw refuse("the weights of its last fully connected layer are not in the file");
      const transposed = node.attribute.some((one) => one.name === "transB" && Number(one.i) === 1);
      return { features, featureCount: dims[transposed ? 1 : 0] ?? 0 };
    }
    if (!AFTER_THE_LAST_LAYER.has(node.opType)) throw refuse(`it ends in ${node.opType}`);
    name = node.input.find((input) => !weights.has(input) && producers.has(input));
  }
  throw refuse("no fully connected layer was found");
}

/** The operations and weights that the features need. */
function upTo(graph: GraphProto, features: string): Pick<GraphProto, "node" | "initializer"> {
  // Loops and branches carry graphs of their own that read names of this one: such a model is kept whole.
  if (graph.node.some((node) => node.attribute.some((one) => one.type === 5 || one.type === 10))) return graph;
  const needed = new Set([features]);
  const node: NodeProto[] = [];
  for (const candidate of [...graph.node].reverse()) {
    if (!candidate.output.some((name) => needed.has(name))) continue;
    node.unshift(candidate);
    for (const name of candidate.input) needed.add(name);
  }
  return { node, initializer: graph.initializer.filter((tensor) => needed.has(tensor.name)) };
}

const triple = (text: string | undefined, otherwise: readonly [number, number, number]): readonly [number, number, number] => {
  const [red, green, blue] = (text ?? "").replace(/[[\]]/g, "").split(",").map(Number);
  return text !== undefined && Number.isFinite(red) && Number.isFinite(green) && Number.isFinite(blue) ? [red ?? 0, green ?? 0, blue ?? 0] : otherwise;
};

/**
 * Reads any ONNX classifier that ends in a fully connected layer, e.g. one exported from torchvision, and cuts it there.
 * Its metadata may name `image_size`, `mean` and `std`; without them ImageNet's are taken. Throws ClientError otherwise.
 */
export function openBackbone(bytes: Uint8Array, name: string): Backbone {
  const refuse = (text: string): ClientError => new ClientError(`The backbone ${name} cannot be used: ${text}. It must be an ONNX image classifier that ends in a fully connected layer.`);
  let model: ModelProto;
  try {
    model = decodeModel(bytes);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message.replace(/\.$/, "") : String(error));
  }
  const { graph } = model;
  if (graph.initializer.some((tensor) => tensor.dataLocation === 1)) throw refuse("its weights lie in a second file; export it with the weights inside");
  const given = new Set(graph.initializer.map((tensor) => tensor.name));
  const [input, ...more] = graph.input.filter((value) => !given.has(value.name));
  if (input === undefined || more.length > 0) throw refuse("it does not have exactly one input");
  const tensor = input.type?.tensor;
  if (tensor?.elementType !== ELEMENT_TYPES.float || tensor.shape?.dim.length !== 4 || (fixed(input, 1) ?? 3) !== 3) {
    throw refuse("its input is not of 32-bit floats in the shape [batch, 3, height, width]");
  }
  const fixedBatch = fixed(input, 0);
  if (fixedBatch !== undefined && fixedBatch !== 1) throw refuse(`it takes only batches of ${fixedBatch}; export it with a free batch size`);
  const { features, featureCount } = lastLayer(graph, refuse);
  const facts = new Map(model.metadata.map(({ key, value }) => [key, value]));
  const [height, width] = [fixed(input, 2), fixed(input, 3)];
  const stated = Number(facts.get("image_size")) || DEFAULT_SIDE;
  return {
    name,
    model: { ...model, graph: { ...graph, ...upTo(graph, features), output: [valueInfo(features, ["batch", featureCount])] } },
    input: input.name,
    features,
    featureCount,
    size: { height: height ?? stated, width: width ?? stated },
    fixedSize: height !== undefined || width !== undefined,
    fixedBatch,
    normalization: { mean: triple(facts.get("mean"), IMAGENET.mean), std: triple(facts.get("std"), IMAGENET.std) },
  };
}

/** Reads a backbone from a file of at most 2 GB, the limit of its format. */
export async function readBackbone(file: string): Promise<Backbone> {
  if ((await stat(file)).size >= 2 ** 31) throw new ClientError(`The backbone ${basename(file)} is larger than 2 GB, the limit of an ONNX file.`);
  return openBackbone(await readFile(file), basename(file));
}

/** The bytes of the cut network, for computing features. */
export const featureNetwork = (backbone: Backbone): Uint8Array => encodeModel(backbone.model);
