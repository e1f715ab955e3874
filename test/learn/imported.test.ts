import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openBackbone, type Backbone } from "../../src/algorithms/image-classification/network.ts";
import { SHIPPED_BACKBONE } from "../../src/algorithms/image-classification/training-input.ts";
import { createGraph, type Value } from "../../src/learn/graph.ts";
import { importNetwork } from "../../src/learn/imported.ts";
import { dense } from "../../src/learn/layers.ts";
import { finishedScope, tensorsOf, trainingScope, type Network } from "../../src/learn/network.ts";
import { attribute, ELEMENT_TYPES, encodeModel, type NodeProto } from "../../src/learn/onnx.ts";
import { softmaxCrossEntropy } from "../../src/learn/operations.ts";
import { sgd } from "../../src/learn/optimizers.ts";
import { createSession } from "../../src/learn/session.ts";
import { floats, toTensor } from "../../src/learn/tensors.ts";
import { createTrainingStep } from "../../src/learn/training-step.ts";
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
function finished(network: Network, side: number): Uint8Array {
  const { parameters } = tensorsOf((scope) => void network(scope, scope.graph.input("x", [2, 3, side, side])), seededRandom(1));
  const graph = createGraph("finished");
  const weights = Object.fromEntries(Object.entries(parameters).map(([name, { start }]) => [name, start]));
  graph.output("features", network(finishedScope(graph, weights), graph.input("x", [2, 3, side, side])));
  return graph.encode({ free: { x: { 0: "batch" }, features: { 0: "batch" } } });
}

test("the shipped backbone computes what it computes as a file, for batches of any size", async () => {
  const backbone = await shipped();
  const model = finished(networkOf(backbone), 64);
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
    loss: (graph, values, notes) => softmaxCrossEntropy(graph, network(trainingScope(graph, { values, notes, uniform: [] }), values["x"] as Value), { labels: values["labels"] as Value }),
  });
  const losses: number[] = [];
  for (let at = 0; at < 12; at++) losses.push(await step.step({ x: pictures(6, 32), labels: BigInt64Array.of(0n, 1n, 2n, 0n, 1n, 2n) }, 0.002));
  expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.5);
  const first = Object.keys(parameters).find((name) => name.endsWith("stem.0.0.weight")) ?? "";
  expect([...step.parameters()[first] ?? []]).not.toEqual([...parameters[first]?.start ?? []]);
  await step.close();
});

test("any classifier with these operations can be imported; another one says which operation it is", () => {
  const write = (graphOf: (nodes: readonly NodeProto[]) => readonly NodeProto[]): (() => void) => {
    const backbone = openBackbone(tinyBackbone({ side: 8 }), "tiny.onnx");
    const graph = { ...backbone.model.graph, node: graphOf(backbone.model.graph.node) };
    const network = importNetwork(graph, { input: backbone.input, output: backbone.features });
    return () => void tensorsOf((scope) => void network(scope, scope.graph.input("x", [2, 3, 8, 8])), seededRandom(1));
  };
  expect(write((nodes) => nodes)).not.toThrow();
  expect(write((nodes) => nodes.map((node) => (node.opType === "Relu" ? { ...node, opType: "Mish" } : node)))).toThrow("Mish (rectified) cannot be trained through: the network can only be used frozen.");
  expect(write((nodes) => nodes.map((node) => (node.opType === "Conv" ? { ...node, attribute: [attribute("group", { int: 3 })] } : node)))).toThrow("Conv (convolved) is in groups: the network can only be used frozen.");
});
