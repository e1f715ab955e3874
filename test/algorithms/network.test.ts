import { describe, expect, it } from "vitest";
import { featureNetwork, IMAGENET, openBackbone } from "../../src/algorithms/image-classification/network.ts";
import { encodeModel, decodeModel } from "../../src/learn/onnx.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor } from "../../src/learn/tensors.ts";
import { tinyBackbone } from "./support/tiny-backbone.ts";

const open = (bytes: Uint8Array): ReturnType<typeof openBackbone> => openBackbone(bytes, "tiny.onnx");

describe("a backbone", () => {
  it.each(["gemm", "matmul", "softmax"] as const)("is cut before its last layer when it ends in %s", async (ending) => {
    const backbone = open(tinyBackbone({ ending }));
    expect(backbone).toMatchObject({ features: "features", featureCount: 8, input: "input", fixedBatch: undefined, fixedSize: false });
    const session = await createSession(featureNetwork(backbone), { threads: 1 });
    const { features } = await session.run({ input: await toTensor(new Float32Array(2 * 3 * 4 * 4).fill(1), [2, 3, 4, 4]) });
    expect(floats(features as Parameters<typeof floats>[0]).length).toBe(16);
    await session.release();
  });
  it("loses the layers that are no longer needed", () => {
    const names = open(tinyBackbone({ ending: "matmul" })).model.graph.initializer.map((tensor) => tensor.name);
    expect(names).toEqual(["filter", "filter_bias"]);
  });
  it("says its size and normalisation in its metadata, else ImageNet's are taken", () => {
    expect(open(tinyBackbone())).toMatchObject({ size: { height: 224, width: 224 }, normalization: IMAGENET });
    const metadata = [{ key: "image_size", value: "96" }, { key: "mean", value: "[0.5, 0.4, 0.3]" }, { key: "std", value: "0.2,0.2,0.2" }];
    expect(open(tinyBackbone({ metadata }))).toMatchObject({ size: { height: 96, width: 96 }, normalization: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2] } });
    expect(open(tinyBackbone({ side: 64, batch: 1 }))).toMatchObject({ size: { height: 64, width: 64 }, fixedSize: true, fixedBatch: 1 });
  });
  it("is refused with the reason when it cannot serve", () => {
    const start = "The backbone tiny.onnx cannot be used: ";
    expect(() => open(Buffer.from("PK\u0003\u0004 a zip file"))).toThrow(start);
    expect(() => open(tinyBackbone({ ending: "convolution" }))).toThrow(`${start}it ends in GlobalAveragePool.`);
    expect(() => open(tinyBackbone({ batch: 4 }))).toThrow(`${start}it takes only batches of 4; export it with a free batch size.`);
    const model = decodeModel(tinyBackbone());
    const elsewhere = { ...model, graph: { ...model.graph, initializer: model.graph.initializer.map((tensor) => ({ ...tensor, dataLocation: 1 })) } };
    expect(() => open(encodeModel(elsewhere))).toThrow(`${start}its weights lie in a second file; export it with the weights inside.`);
  });
});
