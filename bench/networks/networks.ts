/** The networks that are timed beside PyTorch's. As a program, times one: `node networks.ts NAME THREADS STEPS` prints images per second. */
import { dense, convolve, normalize } from "../../src/learn/layers.ts";
import { tensorsOf, trainingScope, type Network, type Scope } from "../../src/learn/network.ts";
import { sizeOf, type Value } from "../../src/learn/graph.ts";
import { ELEMENT_TYPES } from "../../src/learn/onnx.ts";
import { flatten, relu, softmaxCrossEntropy } from "../../src/learn/operations.ts";
import { adam, sgd, type Optimizer } from "../../src/learn/optimizers.ts";
import { maxPool } from "../../src/learn/pooling.ts";
import { resnet } from "../../src/learn/resnet.ts";
import { createTrainingStep } from "../../src/learn/training-step.ts";
import { seededRandom } from "../../src/shared/random.ts";

interface Setup {
  readonly network: Network;
  /** Of one picture, or one row of features. */
  readonly dims: readonly number[];
  readonly batch: number;
  readonly classes: number;
  readonly optimizer: Optimizer;
}

const momentum = sgd({ momentum: 0.9, weightDecay: 1e-4, nesterov: true });

function block(scope: Scope, name: string, { x, maps }: { readonly x: Value; readonly maps: number }): Value {
  const normalized = normalize(scope.in(`${name}.bn`), convolve(scope.in(`${name}.conv`), x, { maps, kernel: 3 }));
  return maxPool(scope.graph, relu(scope.graph, normalized), { kernel: 2, stride: 2 });
}

/** The same stand in torch_networks.py. */
const SETUPS: Readonly<Record<string, Setup>> = {
  cnn: {
    dims: [3, 32, 32], batch: 64, classes: 10, optimizer: momentum,
    network: (scope, x) => dense(scope.in("fc"), flatten(scope.graph, block(scope, "second", { x: block(scope, "first", { x, maps: 32 }), maps: 64 })), 10),
  },
  resnet18: { dims: [3, 224, 224], batch: 16, classes: 10, optimizer: momentum, network: (scope, x) => dense(scope.in("fc"), resnet(scope, x, 18), 10) },
  head: { dims: [2048], batch: 64, classes: 133, optimizer: adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }), network: (scope, x) => dense(scope.in("fc"), x, 133) },
};

async function imagesPerSecond({ network, dims, batch, classes, optimizer }: Setup, { threads, steps }: { readonly threads: number; readonly steps: number }): Promise<number> {
  const random = seededRandom(1);
  const shape = [batch, ...dims];
  const { parameters, kept } = tensorsOf((scope) => void network(scope, scope.graph.input("x", shape)), random);
  const step = await createTrainingStep<string, string>({
    parameters, kept, optimizer, threads,
    inputs: { x: { dims: shape, elementType: ELEMENT_TYPES.float }, labels: { dims: [batch], elementType: ELEMENT_TYPES.int64 } },
    loss: (graph, values, notes) => {
      const { x, labels } = values;
      if (x === undefined || labels === undefined) throw new Error("A step has pictures and labels.");
      return softmaxCrossEntropy(graph, network(trainingScope(graph, { values, notes, uniform: [] }), x), { labels });
    },
  });
  const x = Float32Array.from({ length: sizeOf(shape) }, () => random.fraction() * 2 - 1);
  const labels = BigInt64Array.from({ length: batch }, (_, at) => BigInt(at % classes));
  await step.step({ x, labels }, 0.001);
  const started = performance.now();
  for (let at = 0; at < steps; at++) await step.step({ x, labels }, 0.001);
  const seconds = (performance.now() - started) / 1000;
  await step.close();
  return (batch * steps) / seconds;
}

const [name = "", threads = "1", steps = "10"] = process.argv.slice(2);
const setup = SETUPS[name];
if (setup === undefined) throw new Error(`There is no network ${name}.`);
process.stdout.write(`${await imagesPerSecond(setup, { threads: Number(threads), steps: Number(steps) })}\n`);
