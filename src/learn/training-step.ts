import type { Tensor } from "onnxruntime-node";
import { gradients } from "./gradients.ts";
import { createGraph, type Graph, type Value } from "./graph.ts";
import { add, concatenate, divide, multiply, scale, slice, sqrt, sum } from "./operations.ts";
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

/** A tensor that each step replaces without a gradient: running statistics. */
export type Kept = Omit<Parameter, "decays">;

/** What goes in with every batch. */
export interface InputSpec {
  readonly dims: readonly number[];
  readonly elementType: number;
}

/** What a loss may do beside giving the loss. */
export interface StepNotes {
  /** What is kept under this name, as it was before the step. */
  kept(name: string): Value;
  /** Replaces it after the step; several shards give their mean. */
  keep(name: string, next: Value): void;
  /** What the step hands out beside the loss. Of several shards a number is their mean, rows stand one after the other. */
  report(name: string, value: Value): void;
}

export interface TrainingStepSpec<P extends string, I extends string> {
  readonly parameters: Readonly<Record<P, Parameter>>;
  readonly kept?: Readonly<Record<string, Kept>>;
  readonly inputs: Readonly<Record<I, InputSpec>>;
  /** Writes the network and its loss (a scalar, the mean over the batch) into the graph. */
  readonly loss: (graph: Graph, values: Readonly<Record<P | I, Value>>, notes: StepNotes) => Value;
  readonly optimizer: Optimizer;
  readonly threads: number;
  /**
   * Parts that the batch is cut into, each computed on a thread of its own; their gradients are averaged. 1 unless given: then the
   * threads share each operation. Statistics of a batch are those of its part, as with DistributedDataParallel.
   */
  readonly shards?: number;
  /** Gradients longer than this, all together, are shortened to it. */
  readonly maxNorm?: number;
}

/** All that a step changes, for checkpoints: parameters, the optimiser's memory, what is kept, and the number of steps. */
export interface TrainingState {
  readonly steps: number;
  readonly tensors: Readonly<Record<string, { readonly dims: readonly number[]; readonly values: Float32Array }>>;
}

/** Training as one run of one graph per step: forward, backward and the optimiser together. */
export interface TrainingStep<P extends string, I extends string> {
  /** Takes one step and resolves to the loss before it. */
  step(batch: Readonly<Record<I, Numbers>>, learningRate: number): Promise<number>;
  /** What the last step reported. */
  reports(): Readonly<Record<string, Float32Array>>;
  /** The parameters as they are now, as the optimiser holds them: a view, good until the next step. */
  parameters(): Readonly<Record<P, Float32Array>>;
  kept(): Readonly<Record<string, Float32Array>>;
  state(): TrainingState;
  /** Goes on from a state of the same network and optimiser. Throws when a tensor is missing or of another shape. */
  restore(state: TrainingState): Promise<void>;
  close(): Promise<void>;
}

const RATE = "learning_rate";
const GIVEN_RATE = "given_learning_rate";
const REPORT = "report.";

const entries = <K extends string, V>(record: Readonly<Record<K, V>>): readonly (readonly [K, V])[] => Object.entries(record) as [K, V][];
const meanOf = (graph: Graph, values: readonly Value[]): Value => {
  const [first, ...more] = values;
  if (first === undefined) throw new Error("There is nothing to take the mean of.");
  return more.length === 0 ? first : scale(graph, more.reduce((sofar, value) => add(graph, sofar, value), first), 1 / values.length);
};

/** The part of an input that a shard sees: equal parts along the first axis. */
function shardOf(graph: Graph, input: Value, { shard, shards }: { readonly shard: number; readonly shards: number }): Value {
  const rows = input.dims[0] ?? 0;
  if (rows % shards !== 0) throw new Error(`A batch of ${rows} does not part into ${shards} equal shards.`);
  const length = rows / shards;
  const part = slice(graph, input, { axis: 0, from: shard * length, length });
  return { ...part, elementType: input.elementType };
}

/** Shortens all gradients together when they are longer than allowed. */
function clipped(graph: Graph, slopes: readonly Value[], maxNorm: number): readonly Value[] {
  const squares = slopes.map((slope) => sum(graph, multiply(graph, slope, slope), { axes: slope.dims.map((_, axis) => axis) }));
  const [first, ...more] = squares;
  if (first === undefined) return slopes;
  const norm = sqrt(graph, more.reduce((sofar, square) => add(graph, sofar, square), first));
  const limit = graph.constant([maxNorm], []);
  const factor = divide(graph, limit, graph.add({ opType: "Max", inputs: [norm, limit], dims: [] }));
  return slopes.map((slope) => multiply(graph, slope, factor));
}

/** Writes the loss once for each shard; what the shards keep and report is averaged into outputs. */
function writeLoss<P extends string, I extends string>(graph: Graph, spec: TrainingStepSpec<P, I>, { parameters, inputs, kept }: {
  readonly parameters: readonly (readonly [P, Value])[];
  readonly inputs: readonly (readonly [I, Value])[];
  readonly kept: ReadonlyMap<string, Value>;
}): Value {
  const shards = spec.shards ?? 1;
  const noted = new Map<string, Value[]>();
  const note = (name: string, value: Value): void => void noted.set(name, [...(noted.get(name) ?? []), value]);
  const notes: StepNotes = {
    kept: (name) => {
      const value = kept.get(name);
      if (value === undefined) throw new Error(`Nothing is kept under ${name}.`);
      return value;
    },
    keep: (name, next) => note(`${name}.next`, next),
    report: (name, value) => note(`${REPORT}${name}`, value),
  };
  const losses = Array.from({ length: shards }, (_, shard) => {
    const parts = inputs.map(([name, value]) => [name, shards === 1 ? value : shardOf(graph, value, { shard, shards })] as const);
    return spec.loss(graph, Object.fromEntries([...parameters, ...parts]) as Record<P | I, Value>, notes);
  });
  for (const name of kept.keys()) if (!noted.has(`${name}.next`)) throw new Error(`${name} is kept and never replaced.`);
  for (const [name, values] of noted) graph.output(name, name.startsWith(REPORT) && values[0]?.dims.length !== 0 ? concatenate(graph, values, 0) : meanOf(graph, values));
  return meanOf(graph, losses);
}

/** Builds the training-step graph, compiles it and puts the parameters at their start. */
export async function createTrainingStep<P extends string, I extends string>(spec: TrainingStepSpec<P, I>): Promise<TrainingStep<P, I>> {
  const graph = createGraph("training-step");
  const rate = graph.input(RATE, []);
  const givenRate = graph.input(GIVEN_RATE, []);
  const parameters = entries(spec.parameters).map(([name, parameter]) => ({
    name,
    parameter,
    value: graph.input(name, parameter.dims),
    memory: spec.optimizer.slots.map((slot) => graph.input(`${name}.${slot}`, parameter.dims)),
  }));
  const kept = entries(spec.kept ?? {}).map(([name, { dims, start }]) => ({ name, start, value: graph.input(name, dims) }));
  const inputs = entries(spec.inputs).map(([name, { dims, elementType }]) => [name, graph.input(name, dims, elementType)] as const);
  const loss = writeLoss(graph, spec, { parameters: parameters.map(({ name, value }) => [name, value] as const), inputs, kept: new Map(kept.map(({ name, value }) => [name, value])) });
  const raw = gradients(graph, loss, parameters.map(({ value }) => value));
  const slopes = spec.maxNorm === undefined ? raw : clipped(graph, raw, spec.maxNorm);
  graph.output("loss", loss);

  // The state that goes in with each step, and where the next one is written: they change places, so that no step asks the system for memory.
  const state = new Map<string, Tensor>();
  const next: Record<string, Tensor> = {};
  const put = async (name: string, values: Float32Array, dims: readonly number[]): Promise<void> => {
    state.set(name, await toTensor(values, dims));
    next[`${name}.next`] = await toTensor(new Float32Array(values.length), dims);
  };
  for (const [index, { parameter, value, memory }] of parameters.entries()) {
    const gradient = slopes[index];
    if (gradient === undefined) throw new Error(`${value.name} has no gradient.`);
    const updated = spec.optimizer.apply(graph, { parameter: value, gradient, rate, givenRate, memory, decays: parameter.decays });
    graph.output(`${value.name}.next`, updated.parameter);
    updated.memory.forEach((next, slot) => graph.output(`${memory[slot]?.name ?? ""}.next`, next));
    await put(value.name, parameter.start.slice(), parameter.dims);
    for (const slot of memory) await put(slot.name, new Float32Array(parameter.start.length), parameter.dims);
  }
  for (const { name, start, value } of kept) await put(name, start.slice(), value.dims);
  const session = await createSession(graph.encode(), { threads: spec.threads, apart: (spec.shards ?? 1) > 1 });
  /** What is made anew by each step: the loss and what it reports. */
  const told: Readonly<Record<string, null>> = Object.fromEntries(session.outputNames.flatMap((name) => (name in next ? [] : [[name, null]])));
  let steps = 0;
  let reports: Readonly<Record<string, Float32Array>> = {};

  return {
    async step(batch, learningRate) {
      steps += 1;
      const feeds: Record<string, Tensor> = Object.fromEntries(state);
      feeds[GIVEN_RATE] = await toTensor(Float32Array.of(learningRate), []);
      feeds[RATE] = await toTensor(Float32Array.of(learningRate * spec.optimizer.rateFactor(steps)), []);
      for (const [name, numbers] of entries(batch)) feeds[name] = await toTensor(numbers, spec.inputs[name].dims);
      const results = await session.run(feeds, { ...told, ...next });
      for (const [name, before] of state) {
        const after = next[`${name}.next`];
        if (after === undefined) throw new Error(`The step did not give ${name}.`);
        state.set(name, after);
        next[`${name}.next`] = before;
      }
      reports = Object.fromEntries(entries(results).flatMap(([name, tensor]) => (name.startsWith(REPORT) ? [[name.slice(REPORT.length), floats(tensor)]] : [])));
      return floats(results["loss"])[0] ?? Number.NaN;
    },
    reports: () => reports,
    parameters: () =>
      Object.fromEntries(parameters.map(({ name }) => [name, floats(state.get(name))])) as Record<P, Float32Array>,
    kept: () => Object.fromEntries(kept.map(({ name }) => [name, floats(state.get(name))])),
    state: () => ({ steps, tensors: Object.fromEntries([...state].map(([name, tensor]) => [name, { dims: tensor.dims, values: floats(tensor).slice() }])) }),
    async restore(from) {
      for (const [name, { dims }] of state) {
        const found = from.tensors[name];
        if (found === undefined || found.dims.join() !== dims.join()) throw new Error(`The checkpoint does not hold ${name} [${dims.join()}].`);
        await put(name, found.values.slice(), dims);
      }
      steps = from.steps;
    },
    close: () => session.release(),
  };
}
