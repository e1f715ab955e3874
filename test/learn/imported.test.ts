import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openBackbone, type Backbone } from "../../src/algorithms/image-classification/network.ts";
import { SHIPPED_BACKBONE } from "../../src/algorithms/image-classification/training-input.ts";
import { createGraph, type Value } from "../../src/learn/graph.ts";
import { gradients } from "../../src/learn/gradients.ts";
import { importNetwork } from "../../src/learn/imported.ts";
import { dense } from "../../src/learn/layers.ts";
import { finishedScope, tensorsOf, trainingScope, type Network } from "../../src/learn/network.ts";
import { attribute, ELEMENT_TYPES, encodeModel, floatTensor, int64Tensor, valueInfo, type ModelProto, type NodeProto, type TensorProto } from "../../src/learn/onnx.ts";
import * as op from "../../src/learn/operations.ts";
import { sgd } from "../../src/learn/optimizers.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor } from "../../src/learn/tensors.ts";
import { createTrainingStep, type StepNotes } from "../../src/learn/training-step.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { tinyBackbone } from "../algorithms/support/tiny-backbone.ts";

const networkOf = ({ model, input, features }: Backbone): Network => importNetwork(model.graph, { input, output: features });
const shipped = async (): Promise<Backbone> => openBackbone(await readFile(SHIPPED_BACKBONE), "shipped.onnx");

function pictures(count: number, side: number): Float32Array {
  const random = seededRandom(5);
  return Float32Array.from({ length: count * 3 * side * side }, () => random.fraction() * 2 - 1);
}

async function run(model: Uint8Array, input: string, views: { readonly numbers: Float32Array; readonly dims: readonly number[] }): Promise<Float32Array> {
  const session = await createSession(model, { threads: 1 });
  const [result] = Object.values(await session.run({ [input]: await toTensor(views.numbers, views.dims) }));
  await session.release();
  return floats(result);
}

/** The imported network with the numbers of the model itself. */
function finished(network: Network, dims: readonly number[]): Uint8Array {
  const { parameters } = tensorsOf((scope) => void network(scope, scope.graph.input("x", dims)), seededRandom(1));
  const graph = createGraph("finished");
  const weights = Object.fromEntries(Object.entries(parameters).map(([name, { start }]) => [name, start]));
  graph.output("features", network(finishedScope(graph, weights), graph.input("x", dims)));
  return graph.encode({ free: { x: { 0: "batch" }, features: { 0: "batch" } } });
}

test("the shipped backbone computes what it computes as a file, for batches of any size", async () => {
  const backbone = await shipped();
  const model = finished(networkOf(backbone), [2, 3, 64, 64]);
  for (const count of [2, 3]) {
    const views = { numbers: pictures(count, 64), dims: [count, 3, 64, 64] };
    const [ours, theirs] = [await run(model, "x", views), await run(encodeModel(backbone.model), backbone.input, views)];
    expect(ours).toHaveLength(count * backbone.featureCount);
    expect(Math.max(...ours.map((value, at) => Math.abs(value - (theirs[at] ?? Number.NaN))))).toBeLessThan(1e-4);
  }
});

test("all its layers learn, those that are applied to several views once", { timeout: 60_000 }, async () => {
  const backbone = await shipped();
  const network: Network = (scope, x) => dense(scope.in("fc"), networkOf(backbone)(scope.in("backbone"), x), 3);
  const dims = [6, 3, 32, 32];
  const { parameters } = tensorsOf((scope) => void network(scope, scope.graph.input("x", dims)), seededRandom(1));
  // 14 convolutions with biases, applied to two sizes; the head.
  expect(Object.keys(parameters)).toHaveLength(14 * 2 + 2);
  const step = await createTrainingStep<string, string>({
    parameters, threads: 2, optimizer: sgd({ momentum: 0.9, weightDecay: 0, nesterov: false }),
    inputs: { x: { dims, elementType: ELEMENT_TYPES.float }, labels: { dims: [6], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, values, notes) => op.softmaxCrossEntropy(graph, network(trainingScope(graph, { values, notes, uniform: [] }), values["x"] as Value), { labels: values["labels"] as Value }),
  });
  const losses: number[] = [];
  for (let at = 0; at < 12; at++) losses.push(await step.step({ x: pictures(6, 32), labels: BigInt64Array.of(0n, 1n, 2n, 0n, 1n, 2n) }, 0.002));
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.5);
  const first = Object.keys(parameters).find((name) => name.endsWith("stem.0.0.weight")) ?? "";
  expect([...step.parameters()[first] ?? []]).not.toEqual([...parameters[first]?.start ?? []]);
  await step.close();
});

/** What exporters write for `x.view(x.size(0), -1)`, biases that stand alone, shared weights, and constants in pieces. */
function exported(): ModelProto {
  const node = (opType: string, input: readonly string[], output: string, attributes: NodeProto["attribute"] = []): NodeProto => ({ opType, input, output: [output], attribute: attributes });
  const wave = (count: number, pace: number): number[] => Array.from({ length: count }, (_, at) => Math.sin(at * pace));
  return {
    irVersion: 8, opsetImport: [{ domain: "", version: 13 }], metadata: [],
    graph: {
      name: "exported", valueInfo: [],
      node: [
        node("Identity", ["filter"], "filter_again"), node("Conv", ["input", "filter_again"], "maps"), node("Add", ["maps", "filter_bias"], "moved"), node("Relu", ["moved"], "rectified"),
        node("Transpose", ["rectified"], "turned", [attribute("perm", { ints: [0, 2, 3, 1] })]),
        node("Shape", ["input"], "shape"), node("Gather", ["shape", "zero"], "pictures", [attribute("axis", { int: 0 })]), node("Unsqueeze", ["pictures", "first"], "length"),
        node("Concat", ["length", "rest"], "wanted", [attribute("axis", { int: 0 })]), node("Reshape", ["turned", "wanted"], "flat"),
        node("MatMul", ["flat", "last"], "raw"), node("Add", ["last_bias", "raw"], "scores"),
        node("Concat", ["some", "others"], "factors", [attribute("axis", { int: 0 })]), node("Mul", ["scores", "factors"], "scaled"),
        node("Transpose", ["scaled"], "sideways"), node("Transpose", ["sideways"], "features"),
      ],
      initializer: [
        floatTensor("filter", [4, 3, 1, 1], wave(12, 1.7)), floatTensor("filter_bias", [4, 1, 1], wave(4, 0.9)), floatTensor("last", [16, 3], wave(48, 2.3)), floatTensor("last_bias", [3], wave(3, 0.4)),
        floatTensor("some", [1], [0.5]), floatTensor("others", [2], [1.5, 2.25]), int64Tensor("zero", [], [0]), int64Tensor("first", [1], [0]), int64Tensor("rest", [1], [-1]),
      ],
      input: [valueInfo("input", ["batch", 3, 2, 2])], output: [valueInfo("features", ["batch", 3])],
    },
  };
}

test("what exporters write is trained whole, and answers batches of any size, whichever it was trained with", async () => {
  const model = exported();
  const network = importNetwork(model.graph, { input: "input", output: "features" });
  for (const written of [1, 2]) {
    const made = finished(network, [written, 3, 2, 2]);
    for (const count of [1, 2, 3]) {
      const views = { numbers: pictures(count, 2), dims: [count, 3, 2, 2] };
      const [ours, theirs] = [await run(made, "x", views), await run(encodeModel(model), "input", views)];
      expect(ours).toHaveLength(count * 3);
      expect(Math.max(...ours.map((value, at) => Math.abs(value - (theirs[at] ?? Number.NaN))))).toBeLessThan(1e-5);
    }
  }
  const { parameters } = tensorsOf((scope) => void network(scope, scope.graph.input("x", [2, 3, 2, 2])), seededRandom(1));
  expect(Object.fromEntries(Object.entries(parameters).map(([name, { decays }]) => [name, decays]))).toEqual({ filter: true, filter_bias: false, last: true, last_bias: false });
});

/** A network that keeps nothing from step to step. */
const NOTES: StepNotes = {
  kept: (name) => {
    throw new Error(`${name} is not kept`);
  },
  keep: () => undefined, report: () => undefined,
};

/** Largest difference between the slopes that are derived for a network's parameters, from where the model has them, and those measured by moving each a little. */
async function worstSlope(network: Network, dims: readonly number[]): Promise<number> {
  const { parameters } = tensorsOf((scope) => void network(scope, scope.graph.input("x", dims)), seededRandom(1));
  const graph = createGraph("slopes");
  const values = Object.fromEntries(Object.entries(parameters).map(([name, { dims: own }]) => [name, graph.input(name, own)]));
  const loss = op.sum(graph, op.tanh(graph, network(trainingScope(graph, { values, notes: NOTES, uniform: [] }), graph.input("x", dims))), { axes: [0, 1] });
  gradients(graph, loss, Object.values(values)).forEach((slope, at) => graph.output(`slope ${at}`, slope));
  graph.output("loss", loss);
  const session = await createSession(graph.encode(), { threads: 1 });
  const numbers = Object.fromEntries(Object.entries(parameters).map(([name, { start }]) => [name, Float32Array.from(start)]));
  const evaluate = async (): Promise<Record<string, Float32Array>> => {
    const feeds = { x: await toTensor(pictures(dims[0] ?? 1, dims[2] ?? 1), dims), ...Object.fromEntries(await Promise.all(Object.entries(numbers).map(async ([name, data]) => [name, await toTensor(data, parameters[name]?.dims ?? [])] as const))) };
    return Object.fromEntries(Object.entries(await session.run(feeds)).map(([name, tensor]) => [name, floats(tensor).slice()]));
  };
  const derived = await evaluate();
  const nudge = 1 / 256;
  let worst = 0;
  for (const [at, data] of Object.values(numbers).entries()) {
    for (const [place, middle] of [...data].entries()) {
      data[place] = middle + nudge;
      const above = (await evaluate())["loss"]?.[0] ?? Number.NaN;
      data[place] = middle - nudge;
      const below = (await evaluate())["loss"]?.[0] ?? Number.NaN;
      data[place] = middle;
      worst = Math.max(worst, Math.abs((above - below) / (2 * nudge) - (derived[`slope ${at}`]?.[place] ?? Number.NaN)));
    }
  }
  await session.release();
  return worst;
}

test("the slopes of imported networks are those that moving each weight measures", async () => {
  const tiny = openBackbone(tinyBackbone({ side: 4 }), "tiny.onnx");
  expect(await worstSlope(networkOf(tiny), [2, 3, 4, 4])).toBeLessThan(5e-3);
  expect(await worstSlope(importNetwork(exported().graph, { input: "input", output: "features" }), [2, 3, 2, 2])).toBeLessThan(5e-3);
});

test("any classifier with these operations can be imported; another one says which operation it is", () => {
  const write = (graphOf: (nodes: readonly NodeProto[]) => readonly NodeProto[], more: readonly TensorProto[] = []): (() => void) => {
    const backbone = openBackbone(tinyBackbone({ side: 8 }), "tiny.onnx");
    const graph = { ...backbone.model.graph, node: graphOf(backbone.model.graph.node), initializer: [...backbone.model.graph.initializer, ...more] };
    const network = importNetwork(graph, { input: backbone.input, output: backbone.features });
    return () => void tensorsOf((scope) => void network(scope, scope.graph.input("x", [2, 3, 8, 8])), seededRandom(1));
  };
  expect(write((nodes) => nodes)).not.toThrow();
  expect(write((nodes) => nodes.map((node) => (node.opType === "Relu" ? { ...node, opType: "Mish" } : node)))).toThrow("Mish (rectified) cannot be trained through: the network can only be used frozen.");
  const fixed = (nodes: readonly NodeProto[]): readonly NodeProto[] => nodes.map((node) => (node.opType === "Flatten" ? { ...node, opType: "Reshape", input: ["mean", "fixed"] } : node));
  expect(write(fixed, [int64Tensor("fixed", [2], [1, 8])])).toThrow("Reshape (features) has a shape for one size alone, [1,8], which [2,8,1,1] does not go into: the network can only be used frozen.");
  expect(write((nodes) => nodes.map((node) => (node.opType === "Conv" ? { ...node, attribute: [attribute("group", { int: 3 })] } : node)))).toThrow("Conv (convolved) is in groups: the network can only be used frozen.");
});
