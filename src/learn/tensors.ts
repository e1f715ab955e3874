import type { Tensor } from "onnxruntime-node";
import { loadRuntime } from "./runtime.ts";

/** What a graph is run on and gives back: its numbers in row order, and its shape. */
export type Numbers = Float32Array | BigInt64Array;

/** Wraps numbers for ONNX Runtime without copying them. */
export async function toTensor(numbers: Numbers, dims: readonly number[]): Promise<Tensor> {
  const { Tensor } = await loadRuntime();
  return numbers instanceof Float32Array ? new Tensor("float32", numbers, dims) : new Tensor("int64", numbers, dims);
}

/** The floats of a result. Throws when it holds something else. */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error("The graph did not give 32-bit floats.");
  return tensor.data;
}
