import { operationsOf, type Imported, type Known } from "./imported-operations.ts";
import type { Network, Scope } from "./network.ts";
import { ELEMENT_TYPES, floatsOf, int64sOf, type GraphProto, type NodeProto, type TensorProto } from "./onnx.ts";

/** Inputs of operations whose numbers training changes; everything else that a model holds stays as it is. */
const TRAINED: Readonly<Record<string, readonly number[]>> = { Conv: [1, 2], Gemm: [1, 2], MatMul: [1], BatchNormalization: [1, 2] };

/** What adds a bias by itself where a model has another operation for that. */
const BIASED = ["Conv", "Gemm", "MatMul"];

const dimsOf = ({ dims }: TensorProto): readonly number[] => dims.map(Number);

function knownOf(tensor: TensorProto): Known {
  if (tensor.dataType === ELEMENT_TYPES.float) return { dims: dimsOf(tensor), numbers: [...floatsOf(tensor)], isWhole: false };
  return { dims: dimsOf(tensor), numbers: int64sOf(tensor), isWhole: true };
}

/**
 * A model of the ONNX format as a network that can be trained: its convolutions, fully connected layers and the scales of its
 * normalisations become parameters that start where the model has them. Statistics of normalisation stay the model's own: those of small
 * batches would undo what it was trained with. Throws, while it is written, for an operation that has no derivative here.
 */
export function importNetwork(model: GraphProto, { input, output }: { readonly input: string; readonly output: string }): Network {
  const source: Source = {
    initializers: new Map(model.initializer.map((tensor) => [tensor.name, tensor])),
    producers: new Map(model.node.flatMap((node) => node.output.map((name) => [name, node] as const))),
  };
  return (scope, x) => {
    const items = new Map<string, Imported>([[input, x]]);
    for (const node of model.node) {
      const operation = operationsOf[node.opType];
      if (operation === undefined) throw new Error(`${node.opType} (${node.name ?? node.output[0] ?? ""}) cannot be trained through: the network can only be used frozen.`);
      const result = operation({ graph: scope.graph, node, item: (index) => itemOf(source, { node, index, items, scope }) });
      items.set(node.output[0] ?? "", result);
    }
    const last = items.get(output);
    if (last === undefined || "numbers" in last) throw new Error(`The model does not compute ${output} from its input.`);
    return last;
  };
}

interface Source {
  readonly initializers: ReadonlyMap<string, TensorProto>;
  readonly producers: ReadonlyMap<string, NodeProto>;
}

/** What stands behind a name when nothing is done to it on the way. */
function behind(source: Source, name: string): string {
  const producer = source.producers.get(name);
  const before = producer?.opType === "Identity" ? producer.input[0] : undefined;
  return before === undefined ? name : behind(source, before);
}

/** A bias may stand in an operation of its own, after the product that it belongs to. */
const isBias = (source: Source, { opType, input }: NodeProto, index: number): boolean =>
  opType === "Add" && BIASED.includes(source.producers.get(behind(source, input[1 - index] ?? ""))?.opType ?? "");

function itemOf(source: Source, { node, index, items, scope }: { readonly node: NodeProto; readonly index: number; readonly items: ReadonlyMap<string, Imported>; readonly scope: Scope }): Imported | undefined {
  const given = node.input[index];
  if (given === undefined || given === "") return undefined;
  const name = behind(source, given);
  const tensor = source.initializers.get(name);
  const bias = isBias(source, node, index);
  if (tensor?.dataType === ELEMENT_TYPES.float && (bias || (TRAINED[node.opType]?.includes(index) ?? false))) {
    return scope.parameter(name, dimsOf(tensor), { start: () => floatsOf(tensor), decays: !bias && tensor.dims.length > 1 });
  }
  const item = items.get(given) ?? (tensor && knownOf(tensor));
  if (item === undefined) throw new Error(`${node.opType} reads ${given}, which the model does not have.`);
  return item;
}
