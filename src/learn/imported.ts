import { operationsOf, type Imported, type Known } from "./imported-operations.ts";
import type { Network, Scope } from "./network.ts";
import { ELEMENT_TYPES, floatsOf, int64sOf, type GraphProto, type NodeProto, type TensorProto } from "./onnx.ts";

/** Inputs of operations whose numbers training changes; everything else that a model holds stays as it is. */
const TRAINED: Readonly<Record<string, readonly number[]>> = { Conv: [1, 2], Gemm: [1, 2], MatMul: [1], BatchNormalization: [1, 2] };

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
  const initializers = new Map(model.initializer.map((tensor) => [tensor.name, tensor]));
  return (scope, x) => {
    const items = new Map<string, Imported>([[input, x]]);
    for (const node of model.node) {
      const operation = operationsOf[node.opType];
      if (operation === undefined) throw new Error(`${node.opType} (${node.name ?? node.output[0] ?? ""}) cannot be trained through: the network can only be used frozen.`);
      const result = operation({
        graph: scope.graph, node,
        item: (index) => itemOf(node, index, { items, initializers, scope }),
      });
      items.set(node.output[0] ?? "", result);
    }
    const last = items.get(output);
    if (last === undefined || "numbers" in last) throw new Error(`The model does not compute ${output} from its input.`);
    return last;
  };
}

function itemOf(node: NodeProto, index: number, { items, initializers, scope }: { readonly items: ReadonlyMap<string, Imported>; readonly initializers: ReadonlyMap<string, TensorProto>; readonly scope: Scope }): Imported | undefined {
  const name = node.input[index];
  if (name === undefined || name === "") return undefined;
  const computed = items.get(name);
  if (computed !== undefined) return computed;
  const tensor = initializers.get(name);
  if (tensor === undefined) throw new Error(`${node.opType} reads ${name}, which the model does not have.`);
  if (!(TRAINED[node.opType]?.includes(index) ?? false)) return knownOf(tensor);
  return scope.parameter(name, dimsOf(tensor), { start: () => floatsOf(tensor), decays: tensor.dims.length > 1 });
}
