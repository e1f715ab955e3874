import { globalAverage, maxPool } from "../../src/learn/pooling.ts";
import { flatten, relu, softmaxCrossEntropy } from "../../src/learn/operations.ts";
import { ELEMENT_TYPES } from "../../src/learn/onnx.ts";
import { convolve, dense, normalize } from "../../src/learn/layers.ts";
import { tensorsOf, trainingScope, type Network } from "../../src/learn/network.ts";
import { sgd } from "../../src/learn/optimizers.ts";
import { resnet } from "../../src/learn/resnet.ts";
import { createTrainingStep } from "../../src/learn/training-step.ts";
import { seededRandom } from "../../src/shared/random.ts";

export interface Setup {
  readonly network: Network;
  readonly side: number;
  readonly batch: number;
  readonly classes: number;
}

export const SETUPS: Readonly<Record<string, Setup>> = {
  cnn: {
    side: 32, batch: 64, classes: 10,
    network: (scope, x) => {
      const block = (name: string, input: typeof x, maps: number): typeof x =>
        maxPool(scope.graph, relu(scope.graph, normalize(scope.in(`${name}bn`), convolve(scope.in(name), input, { maps, kernel: 3 }))), { kernel: 2, stride: 2 });
      return dense(scope.in("fc"), flatten(scope.graph, block("c2", block("c1", x, 32), 64)), 10);
    },
  },
  resnet18: { side: 224, batch: 16, classes: 10, network: (scope, x) => dense(scope.in("fc"), resnet(scope, x, 18), 10) },
};
void globalAverage;

export async function imagesPerSecond({ network, side, batch, classes }: Setup, { threads, shards, steps }: { readonly threads: number; readonly shards: number; readonly steps: number }): Promise<number> {
  const random = seededRandom(1);
  const rows = batch / shards;
  const { parameters, kept } = tensorsOf((scope) => void network(scope, scope.graph.input("x", [rows, 3, side, side])), random);
  const step = await createTrainingStep({
    parameters, kept,
    inputs: { x: { dims: [batch, 3, side, side], elementType: ELEMENT_TYPES.float }, labels: { dims: [batch], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, values, notes) => {
      const { x, labels } = values as Record<string, typeof values[string]>;
      if (!x || !labels) throw new Error("no inputs");
      return softmaxCrossEntropy(graph, network(trainingScope(graph, { values, notes, uniform: [] }), x), { labels });
    },
    optimizer: sgd({ momentum: 0.9, weightDecay: 1e-4, nesterov: true }), threads, shards,
  });
  const x = Float32Array.from({ length: batch * 3 * side * side }, () => random.fraction() * 2 - 1);
  const labels = BigInt64Array.from({ length: batch }, (_, at) => BigInt(at % classes));
  let best = 0;
  for (let at = 0; at < steps; at++) {
    const started = performance.now();
    const loss = await step.step({ x, labels }, 0.01);
    best = Math.max(best, (batch * 1000) / (performance.now() - started));
    if (at === steps - 1) process.stdout.write(`loss ${loss.toFixed(3)} `);
  }
  await step.close();
  return best;
}
for (const name of process.argv.slice(2)) for (const [threads, shards] of [[1, 1], [2, 1], [2, 2]] as const) {
  const setup = SETUPS[name];
  if (setup) process.stdout.write(`${name} ${threads} threads ${shards} shards: ${(await imagesPerSecond(setup, { threads, shards, steps: name === "cnn" ? 60 : 6 })).toFixed(1)} images/s\n`);
}
