import { decode, encode, type MessageSpec, type Varint } from "./protobuf.ts";

/** ONNX's own numbers for element types: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (TensorProto.DataType). */
export const ELEMENT_TYPES = { float: 1, uint8: 2, int32: 6, int64: 7, bool: 9, double: 11 } as const;

/** Operator set and format version that we write: read by every ONNX Runtime since 1.13 (2022). */
export const OPSET = 17;
export const IR_VERSION = 8;

interface Message {
  /** Fields that our tables do not name, in wire format. */
  readonly unknown?: readonly Uint8Array[];
}

export interface TensorProto extends Message {
  readonly dims: readonly Varint[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData?: Uint8Array;
  readonly floatData: readonly number[];
  readonly int64Data: readonly Varint[];
  /** 1 when the numbers lie in another file. */
  readonly dataLocation?: number;
}

export interface AttributeProto extends Message {
  readonly name: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: Varint;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly floats?: readonly number[];
  readonly ints?: readonly Varint[];
}

export interface NodeProto extends Message {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly opType: string;
  readonly attribute: readonly AttributeProto[];
  readonly domain?: string;
}

export interface DimensionProto extends Message {
  readonly value?: Varint;
  readonly param?: string;
}

export interface ValueInfoProto extends Message {
  readonly name: string;
  readonly type?: { readonly tensor?: { readonly elementType?: number; readonly shape?: { readonly dim: readonly DimensionProto[] } } };
}

export interface GraphProto extends Message {
  readonly node: readonly NodeProto[];
  readonly name: string;
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
  readonly valueInfo: readonly ValueInfoProto[];
}

export interface ModelProto extends Message {
  readonly irVersion: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly docString?: string;
  readonly graph: GraphProto;
  readonly opsetImport: readonly { readonly domain?: string; readonly version: number }[];
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
}

const TENSOR: MessageSpec = {
  dims: { number: 1, type: "varint", repeated: true },
  dataType: { number: 2, type: "varint" },
  floatData: { number: 4, type: "float", repeated: true },
  int64Data: { number: 7, type: "varint", repeated: true },
  name: { number: 8, type: "string" },
  rawData: { number: 9, type: "bytes" },
  dataLocation: { number: 14, type: "varint" },
};
const ATTRIBUTE: MessageSpec = {
  name: { number: 1, type: "string" },
  f: { number: 2, type: "float" },
  i: { number: 3, type: "varint" },
  s: { number: 4, type: "bytes" },
  t: { number: 5, type: () => TENSOR },
  floats: { number: 7, type: "float", repeated: true },
  ints: { number: 8, type: "varint", repeated: true },
  type: { number: 20, type: "varint" },
};
const NODE: MessageSpec = {
  input: { number: 1, type: "string", repeated: true },
  output: { number: 2, type: "string", repeated: true },
  name: { number: 3, type: "string" },
  opType: { number: 4, type: "string" },
  attribute: { number: 5, type: () => ATTRIBUTE, repeated: true },
  domain: { number: 7, type: "string" },
};
const DIMENSION: MessageSpec = { value: { number: 1, type: "varint" }, param: { number: 2, type: "string" } };
const SHAPE: MessageSpec = { dim: { number: 1, type: () => DIMENSION, repeated: true } };
const TENSOR_TYPE: MessageSpec = { elementType: { number: 1, type: "varint" }, shape: { number: 2, type: () => SHAPE } };
const TYPE: MessageSpec = { tensor: { number: 1, type: () => TENSOR_TYPE } };
const VALUE_INFO: MessageSpec = { name: { number: 1, type: "string" }, type: { number: 2, type: () => TYPE } };
const GRAPH: MessageSpec = {
  node: { number: 1, type: () => NODE, repeated: true },
  name: { number: 2, type: "string" },
  initializer: { number: 5, type: () => TENSOR, repeated: true },
  input: { number: 11, type: () => VALUE_INFO, repeated: true },
  output: { number: 12, type: () => VALUE_INFO, repeated: true },
  valueInfo: { number: 13, type: () => VALUE_INFO, repeated: true },
};
const OPSET_ID: MessageSpec = { domain: { number: 1, type: "string" }, version: { number: 2, type: "varint" } };
const ENTRY: MessageSpec = { key: { number: 1, type: "string" }, value: { number: 2, type: "string" } };
const MODEL: MessageSpec = {
  irVersion: { number: 1, type: "varint" },
  producerName: { number: 2, type: "string" },
  producerVersion: { number: 3, type: "string" },
  docString: { number: 6, type: "string" },
  graph: { number: 7, type: () => GRAPH },
  opsetImport: { number: 8, type: () => OPSET_ID, repeated: true },
  metadata: { number: 14, type: () => ENTRY, repeated: true },
};

/** The bytes of an `.onnx` file. */
export const encodeModel = (model: ModelProto): Uint8Array => encode(MODEL, model);

/** Reads an `.onnx` file. Throws an Error with the reason when it is not one. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const model = decode(MODEL, bytes) as unknown as Partial<ModelProto>;
  if (model.graph === undefined || model.irVersion === undefined || model.opsetImport === undefined || model.opsetImport.length === 0) {
    throw new Error("This is not an ONNX model.");
  }
  return model as ModelProto;
}

/** A tensor of 32-bit floats with its numbers inside. */
export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): TensorProto {
  const numbers = Float32Array.from(values);
  return { name, dims, dataType: ELEMENT_TYPES.float, floatData: [], int64Data: [], rawData: new Uint8Array(numbers.buffer) };
}

/** A tensor of 64-bit whole numbers with its numbers inside. */
export function int64Tensor(name: string, dims: readonly number[], values: readonly number[]): TensorProto {
  const numbers = BigInt64Array.from(values, BigInt);
  return { name, dims, dataType: ELEMENT_TYPES.int64, floatData: [], int64Data: [], rawData: new Uint8Array(numbers.buffer) };
}

/** The numbers of a float tensor, wherever the model keeps them. */
export function floatsOf(tensor: TensorProto): Float32Array {
  if (tensor.dataType !== ELEMENT_TYPES.float) throw new Error(`Tensor ${tensor.name} is not of 32-bit floats.`);
  if (tensor.rawData === undefined) return Float32Array.from(tensor.floatData);
  // Copied, since a view must start at a multiple of four bytes.
  return new Float32Array(new Uint8Array(tensor.rawData).buffer);
}

/** The numbers of a tensor of 64-bit whole numbers, wherever the model keeps them. */
export function int64sOf(tensor: TensorProto): readonly number[] {
  if (tensor.dataType !== ELEMENT_TYPES.int64) throw new Error(`Tensor ${tensor.name} is not of 64-bit whole numbers.`);
  return tensor.rawData === undefined ? tensor.int64Data.map(Number) : Array.from(new BigInt64Array(new Uint8Array(tensor.rawData).buffer), Number);
}

/** ONNX's kinds of attributes (AttributeProto.AttributeType). */
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

export type AttributeValue = { readonly float: number } | { readonly int: number } | { readonly ints: readonly number[] } | { readonly string: string };

/** `attribute("axis", { int: 1 })`. */
export function attribute(name: string, value: AttributeValue): AttributeProto {
  if ("float" in value) return { name, type: ATTRIBUTE_TYPES.float, f: value.float };
  if ("int" in value) return { name, type: ATTRIBUTE_TYPES.int, i: value.int };
  if ("ints" in value) return { name, type: ATTRIBUTE_TYPES.ints, ints: value.ints };
  return { name, type: ATTRIBUTE_TYPES.string, s: new TextEncoder().encode(value.string) };
}

/** A graph's input or output; a string dimension is a free one. */
export function valueInfo(name: string, dims: readonly (number | string)[], elementType: number = ELEMENT_TYPES.float): ValueInfoProto {
  const dim = dims.map((size) => (typeof size === "number" ? { value: size } : { param: size }));
  return { name, type: { tensor: { elementType, shape: { dim } } } };
}
