import type { Tensor } from "onnxruntime-node";
import { gradients } from "./gradients.ts";
import { createGraph, type Graph, type Value } from "./graph.ts";
import type { Optimizer } from "./optimizers.ts";
import { createSession } from "./session.ts";
import { floats, toTensor, type Numbers } from "./tensors.ts";

/** A tensor that training changes. */
export interface Parameter {
  readonly dims: readonly number[];
  /** Where it starts. */
  readonly start: Float32Array;
  /** Whether weight decay applies to it. */
  readonly decays: boolean;
}

/** What goes in with every batch. */
export interface InputSpec {
  readonly dims: readonly number[];
  readonly elementType: number;
}

export interface TrainingStepSpec<P extends string, I extends string> {
  readonly parameters: Readonly<Record<P, Parameter>>;
  readonly inputs: Readonly<Record<I, InputSpec>>;
  /** Writes the network and its loss (a scalar) into the graph. */
  readonly loss: (graph: Graph, values: Readonly<Record<P | I, Value>>) => Value;
  readonly optimizer: Optimizer;
  readonly threads: number;
}

/** Training as one run of one graph per step: forward, backward and the optimiser together. */
export interface TrainingStep<P extends string, I extends string> {
  /** Takes one step and resolves to the loss before it. */
  step(batch: Readonly<Record<I, Numbers>>, learningRate: number): Promise<number>;
  /** The parameters as they are now, as the optimiser holds them: a view that the next step leaves behind. */
  parameters(): Readonly<Record<P, Float32Array>>;
  close(): Promise<void>;
}

const RATE = "learning_rate";

const entries = <K extends string, V>(record: Readonly<Record<K, V>>): readonly (readonly [K, V])[] => Object.entries(record) as [K, V][];

/** Builds the training-step graph, compiles it and puts the parameters at their start. */
export async function createTrainingStep<P extends string, I extends string>(spec: TrainingStepSpec<P, I>): Promise<TrainingStep<P, I>> {
  const graph = createGraph("training-step");
  const rate = graph.input(RATE, []);
  const parameters = entries(spec.parameters).map(([name, parameter]) => ({
    name,
    parameter,
    value: graph.input(name, parameter.dims),
    memory: spec.optimizer.slots.map((slot) => graph.input(`${name}.${slot}`, parameter.dims)),
  }));
  const inputs = entries(spec.inputs).map(([name, { dims, elementType }]) => [name, graph.input(name, dims, elementType)] as const);
  const values = Object.fromEntries([...parameters.map(({ name, value }) => [name, value] as const), ...inputs]) as Record<P | I, Value>;
  const loss = spec.loss(graph, values);
  const slopes = gradients(graph, loss, parameters.map(({ value }) => value));
  graph.output("loss", loss);

  // The state that goes in with each step, and the output that takes its place afterwards.
  const state = new Map<string, Tensor>();
  for (const [index, { parameter, value, memory }] of parameters.entries()) {
    const gradient = slopes[index];
    if (gradient === undefined) throw new Error(`${value.name} has no gradient.`);
    const updated = spec.optimizer.apply(graph, { parameter: value, gradient, rate, memory, decays: parameter.decays });
    graph.output(`${value.name}.next`, updated.parameter);
    updated.memory.forEach((next, slot) => graph.output(`${memory[slot]?.name ?? ""}.next`, next));
    state.set(value.name, await toTensor(parameter.start.slice(), parameter.dims));
    for (const slot of memory) state.set(slot.name, await toTensor(new Float32Array(parameter.start.length), parameter.dims));
  }
  const session = await createSession(graph.encode(), { threads: spec.threads });
  let steps = 0;

  return {
    async step(batch, learningRate) {
      steps += 1;
      const feeds: Record<string, Tensor> = Object.fromEntries(state);
      feeds[RATE] = await toTensor(Float32Array.of(learningRate * spec.optimizer.rateFactor(steps)), []);
      for (const [name, numbers] of entries(batch)) feeds[name] = await toTensor(numbers, spec.inputs[name].dims);
      const results = await session.run(feeds);
      for (const name of state.keys()) {
        const next = results[`${name}.next`];
        if (next === undefined) throw new Error(`The step did not give ${name}.`);
        state.set(name, next);
      }
      return floats(results["loss"])[0] ?? Number.NaN;
    },
    parameters: () =>
      Object.fromEntries(parameters.map(({ name }) => [name, floats(state.get(name))])) as Record<P, Float32Array>,
    close: () => session.release(),
  };
}
