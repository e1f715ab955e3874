import { attribute, ELEMENT_TYPES, encodeModel, floatTensor, int64Tensor, IR_VERSION, OPSET, valueInfo, type AttributeValue, type NodeProto, type TensorProto } from "./onnx.ts";

/** A tensor of the graph that is being built: known by name, its shape fixed. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elementType: number;
}

/** One operation of the graph, kept with its values so that gradients can be derived from it. */
export interface GraphNode {
  readonly opType: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** An ONNX graph under construction. Operations stand in the order in which they were added, which is an order they can run in. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  input(name: string, dims: readonly number[], elementType?: number): Value;
  /** A float scalar or vector known while building. */
  constant(values: readonly number[], dims: readonly number[]): Value;
  /** Whole numbers known while building, e.g. the axes of a sum. */
  integers(values: readonly number[]): Value;
  /** Adds an operation with one output. */
  add(operation: Omit<GraphNode, "output" | "attributes"> & { readonly dims: readonly number[]; readonly attributes?: GraphNode["attributes"] }): Value;
  /** Makes a value an output under a name of its own. */
  output(name: string, value: Value): void;
  /** The finished model as the bytes of an `.onnx` file. */
  encode(): Uint8Array;
}

/** Starts an empty graph. */
export function createGraph(name: string): Graph {
  const nodes: GraphNode[] = [];
  const outputs: Value[] = [];
  const inputs: Value[] = [];
  const initializers: TensorProto[] = [];
  let count = 0;
  const fresh = (prefix: string): string => `${prefix}_${count++}`;
  const known = (tensor: TensorProto, dims: readonly number[]): Value => {
    initializers.push(tensor);
    return { name: tensor.name, dims, elementType: tensor.dataType };
  };
  return {
    nodes,
    input: (inputName, dims, elementType = ELEMENT_TYPES.float) => {
      const value = { name: inputName, dims, elementType };
      inputs.push(value);
      return value;
    },
    constant: (values, dims) => known(floatTensor(fresh("constant"), dims, values), dims),
    integers: (values) => known(int64Tensor(fresh("integers"), [values.length], values), [values.length]),
    add: ({ opType, inputs: operands, dims, attributes = {} }) => {
      const output = { name: fresh(opType), dims, elementType: ELEMENT_TYPES.float };
      nodes.push({ opType, inputs: operands, output, attributes });
      return output;
    },
    output: (outputName, value) => {
      // Identity gives the value its public name whatever it was called inside.
      const output = { ...value, name: outputName };
      nodes.push({ opType: "Identity", inputs: [value], output, attributes: {} });
      outputs.push(output);
    },
    encode: () =>
      encodeModel({
        irVersion: IR_VERSION,
        producerName: "sagebrush",
        opsetImport: [{ domain: "", version: OPSET }],
        metadata: [],
        graph: {
          name,
          node: nodes.map(
            (node): NodeProto => ({
              opType: node.opType,
              input: node.inputs.map((value) => value.name),
              output: [node.output.name],
              attribute: Object.entries(node.attributes).map(([key, value]) => attribute(key, value)),
            }),
          ),
          initializer: initializers,
          input: inputs.map((value) => valueInfo(value.name, value.dims, value.elementType)),
          output: outputs.map((value) => valueInfo(value.name, value.dims, value.elementType)),
          valueInfo: [],
        },
      }),
  };
}
