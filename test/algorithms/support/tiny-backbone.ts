import { attribute, encodeModel, floatTensor, valueInfo, type ModelProto, type NodeProto } from "../../../src/learn/onnx.ts";

const node = (opType: string, input: readonly string[], output: string, attributes: NodeProto["attribute"] = []): NodeProto => ({
  opType, input, output: [output], attribute: attributes,
});

export interface TinyBackboneOptions {
  /** Height and width that it demands; free when left out. */
  readonly side?: number;
  readonly batch?: number;
  readonly metadata?: ModelProto["metadata"];
  /** Ends in this instead of a fully connected layer. */
  readonly ending?: "gemm" | "matmul" | "softmax" | "convolution";
}

/** A real, if small, ONNX classifier: a 1x1 convolution to 8 channels, a rectifier, the mean over the picture, a layer to 10 classes. */
export function tinyBackbone({ side, batch, metadata = [], ending = "gemm" }: TinyBackboneOptions = {}): Uint8Array {
  const channels = 8;
  const wave = (count: number, pace: number): number[] => Array.from({ length: count }, (_, at) => Math.sin(at * pace));
  const endings: Readonly<Record<string, readonly NodeProto[]>> = {
    gemm: [node("Gemm", ["features", "last", "last_bias"], "scores", [attribute("transB", { int: 1 })])],
    matmul: [node("MatMul", ["features", "last_transposed"], "raw"), node("Add", ["raw", "last_bias"], "scores")],
    softmax: [node("Gemm", ["features", "last", "last_bias"], "raw", [attribute("transB", { int: 1 })]), node("Softmax", ["raw"], "scores")],
    convolution: [node("Identity", ["mean"], "scores")],
  };
  return encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 13 }],
    metadata,
    graph: {
      name: "tiny",
      node: [
        node("Conv", ["input", "filter", "filter_bias"], "convolved"),
        node("Relu", ["convolved"], "rectified"),
        node("GlobalAveragePool", ["rectified"], "mean"),
        node("Flatten", ["mean"], "features"),
        ...(endings[ending] ?? []),
      ],
      initializer: [
        floatTensor("filter", [channels, 3, 1, 1], wave(channels * 3, 1.7)),
        floatTensor("filter_bias", [channels], wave(channels, 0.9)),
        floatTensor("last", [10, channels], wave(10 * channels, 2.3)),
        floatTensor("last_transposed", [channels, 10], wave(10 * channels, 2.3)),
        floatTensor("last_bias", [10], wave(10, 0.4)),
      ],
      input: [valueInfo("input", [batch ?? "batch", 3, side ?? "height", side ?? "width"])],
      output: [valueInfo("scores", ending === "convolution" ? [batch ?? "batch", channels, 1, 1] : [batch ?? "batch", 10])],
      valueInfo: [],
    },
  });
}
