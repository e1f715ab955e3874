import { attribute, ELEMENT_TYPES, encodeModel, floatTensor, int64Tensor, IR_VERSION, OPSET, valueInfo, type AttributeValue, type NodeProto, type TensorProto, type ValueInfoProto } from "./onnx.ts";

/** A tensor of the graph that is being built: known by name, its shape fixed. */
export interface Value {
  readonly name: string;
  readonly dims: readonly number[];
  readonly elementType: number;
}

/** How many numbers a tensor of this shape holds. */
export const sizeOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** One operation of the graph. */
export interface GraphNode {
  readonly opType: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** How much each input of an operation changes the loss, given how much its output does, as operations. Undefined: not at all. */
export type Derivative = (graph: Graph, upstream: Value) => readonly (Value | undefined)[];

/** One entry of what gradients are derived from: an operation, or several that were composed into one. */
export interface Recorded {
  readonly opType: string;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Given for what was composed; operations have a rule by their kind. */
  readonly derivative?: Derivative;
}

/** What is asked of a graph as bytes. */
export interface EncodeOptions {
  /** Axes of inputs and outputs (by name) whose length is free, with a name for each: `{ 0: "batch" }`. */
  readonly free?: Readonly<Record<string, Readonly<Record<number, string>>>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

type Addition = Pick<GraphNode, "opType" | "inputs"> & { readonly attributes?: GraphNode["attributes"] };

/** An ONNX graph under construction. Operations stand in the order in which they were added, which is an order they can run in. */
export interface Graph {
  /** What gradients are derived from, in order. */
  readonly recorded: readonly Recorded[];
  input(name: string, dims: readonly number[], elementType?: number): Value;
  /** A float scalar or vector known while building. */
  constant(values: readonly number[], dims: readonly number[]): Value;
  /** Numbers known while building, under a name of their own: the weights of a finished model. */
  weights(name: string, dims: readonly number[], values: Float32Array): Value;
  /** Whole numbers known while building, e.g. the axes of a sum. */
  integers(values: readonly number[]): Value;
  /** Adds an operation with one output. */
  add(operation: Addition & { readonly dims: readonly number[]; readonly elementType?: number }): Value;
  /** Adds an operation with several outputs; gradients pass through it only where it is part of something composed. */
  addMany(operation: Addition, outputs: readonly { readonly dims: readonly number[]; readonly elementType?: number }[]): readonly Value[];
  /** Several operations that are differentiated as one, where that is cheaper than differentiating each. */
  composed(name: string, inputs: readonly Value[], build: () => { readonly output: Value; readonly derivative: Derivative }): Value;
  /** Makes a value an output under a name of its own. */
  output(name: string, value: Value): void;
  /** The finished model as the bytes of an `.onnx` file. */
  encode(options?: EncodeOptions): Uint8Array;
}

/** Without what no output needs: derivatives towards inputs, say, which ONNX Runtime would compute all the same. */
function needed(nodes: readonly GraphNode[], outputs: readonly Value[]): readonly GraphNode[] {
  const names = new Set(outputs.map(({ name }) => name));
  const kept: GraphNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some(({ name }) => names.has(name))) continue;
    for (const { name } of node.inputs) names.add(name);
    kept.push(node);
  }
  return kept.reverse();
}

const nodeProto = ({ opType, inputs, outputs, attributes }: GraphNode, nameOf: (value: Value) => string): NodeProto => ({
  opType,
  input: inputs.map(nameOf),
  output: outputs.map(nameOf),
  attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
});

/** Starts an empty graph. */
export function createGraph(name: string): Graph {
  const nodes: GraphNode[] = [];
  const recorded: Recorded[] = [];
  const outputs: Value[] = [];
  /** Public names of what an operation gives. */
  const renamed = new Map<string, string>();
  const nameOf = ({ name: own }: Value): string => renamed.get(own) ?? own;
  const inputs: Value[] = [];
  const initializers: TensorProto[] = [];
  let count = 0;
  const fresh = (prefix: string): string => `${prefix}_${count++}`;
  const known = (tensor: TensorProto, dims: readonly number[]): Value => {
    initializers.push(tensor);
    return { name: tensor.name, dims, elementType: tensor.dataType };
  };
  const addMany: Graph["addMany"] = ({ opType, inputs: operands, attributes = {} }, results) => {
    const values = results.map(({ dims, elementType = ELEMENT_TYPES.float }) => ({ name: fresh(opType), dims, elementType }));
    nodes.push({ opType, inputs: operands, outputs: values, attributes });
    return values;
  };
  return {
    recorded,
    input: (inputName, dims, elementType = ELEMENT_TYPES.float) => {
      const value = { name: inputName, dims, elementType };
      inputs.push(value);
      return value;
    },
    constant: (values, dims) => known(floatTensor(fresh("constant"), dims, values), dims),
    weights: (weightsName, dims, values) => known(floatTensor(weightsName, dims, values), dims),
    integers: (values) => known(int64Tensor(fresh("integers"), [values.length], values), [values.length]),
    addMany,
    add: ({ dims, elementType = ELEMENT_TYPES.float, ...operation }) => {
      const [output] = addMany(operation, [{ dims, elementType }]);
      if (output === undefined) throw new Error("An operation has an output.");
      recorded.push({ opType: operation.opType, inputs: operation.inputs, output, attributes: operation.attributes ?? {} });
      return output;
    },
    composed: (opType, operands, build) => {
      const before = recorded.length;
      const { output, derivative } = build();
      recorded.length = before;
      recorded.push({ opType, inputs: operands, output, attributes: {}, derivative });
      return output;
    },
    output: (outputName, value) => {
      const isGiven = nodes.some((node) => node.outputs.some(({ name: given }) => given === value.name));
      if (isGiven && !renamed.has(value.name)) {
        renamed.set(value.name, outputName);
        outputs.push(value);
        return;
      }
      // An input, a number, or what is an output already: Identity gives it another name.
      const output = { ...value, name: outputName };
      nodes.push({ opType: "Identity", inputs: [value], outputs: [output], attributes: {} });
      outputs.push(output);
    },
    encode: ({ free = {}, metadata = {} } = {}) => {
      const info = (value: Value): ValueInfoProto => {
        const known = nameOf(value);
        return valueInfo(known, value.dims.map((size, axis) => free[known]?.[axis] ?? size), value.elementType);
      };
      return encodeModel({
        irVersion: IR_VERSION,
        producerName: "sagebrush",
        opsetImport: [{ domain: "", version: OPSET }],
        metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
        graph: { name, node: needed(nodes, outputs).map((node) => nodeProto(node, nameOf)), initializer: initializers, input: inputs.map(info), output: outputs.map(info), valueInfo: [] },
      });
    },
  };
}
