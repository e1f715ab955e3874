import type { Random } from "../shared/random.ts";
import { createGraph, sizeOf, type Graph, type Value } from "./graph.ts";
import type { Kept, Parameter, StepNotes } from "./training-step.ts";

/** How a tensor starts, given its number of entries. */
export type Start = (random: Random, count: number) => Float32Array;

/**
 * Where a network takes its tensors from while it is written into a graph. The same function writes the graph that trains and the
 * one that answers: layers ask `training` where these differ (batch normalisation, dropout).
 */
export interface Scope {
  readonly graph: Graph;
  readonly training: boolean;
  /** A tensor that training changes, by its name below this scope. */
  parameter(name: string, dims: readonly number[], options: { readonly start: Start; readonly decays: boolean }): Value;
  /** A tensor that steps replace: running statistics. */
  kept(name: string, dims: readonly number[], start: number): Value;
  keep(name: string, next: Value): void;
  /** Numbers in [0, 1), other ones in every step. Only while training. */
  uniform(dims: readonly number[]): Value;
  /** A scope whose names begin with this one. */
  in(name: string): Scope;
}

/** A network as a function: maps in, maps or rows out. */
export type Network = (scope: Scope, x: Value) => Value;

type Source = Omit<Scope, "in">;

const scopeOf = (source: Source, prefix: string): Scope => ({
  graph: source.graph,
  training: source.training,
  parameter: (name, dims, options) => source.parameter(prefix + name, dims, options),
  kept: (name, dims, start) => source.kept(prefix + name, dims, start),
  keep: (name, next) => source.keep(prefix + name, next),
  uniform: (dims) => source.uniform(dims),
  in: (name) => scopeOf(source, `${prefix}${name}.`),
});

/** The tensors of a network, at their start. */
export interface NetworkTensors {
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly kept: Readonly<Record<string, Kept>>;
  /** Shapes of the random numbers that each step needs, in the order in which the network asks for them. */
  readonly uniform: readonly (readonly number[])[];
}

/** Writes the network into a graph that is thrown away, to learn which tensors it has. Seeded: the same random gives the same start. */
export function tensorsOf(write: (scope: Scope) => void, random: Random): NetworkTensors {
  const graph = createGraph("tensors");
  const parameters: Record<string, Parameter> = {};
  const kept: Record<string, Kept> = {};
  const uniform: (readonly number[])[] = [];
  write(scopeOf({
    graph,
    training: true,
    parameter: (name, dims, { start, decays }) => {
      // Asked for again where a network is applied to several inputs: the same tensor.
      const before = parameters[name];
      if (before !== undefined && before.dims.join() !== dims.join()) throw new Error(`Two parameters of different shapes are called ${name}.`);
      parameters[name] = before ?? { dims, start: start(random, sizeOf(dims)), decays };
      return graph.input(name, dims);
    },
    kept: (name, dims, start) => {
      kept[name] = { dims, start: new Float32Array(sizeOf(dims)).fill(start) };
      return graph.input(name, dims);
    },
    keep: () => undefined,
    uniform: (dims) => {
      uniform.push(dims);
      return graph.input(`uniform.${uniform.length}`, dims);
    },
  }, ""));
  return { parameters, kept, uniform };
}

/** The scope of a training step: parameters and kept tensors are the step's own inputs. */
export function trainingScope(graph: Graph, { values, notes, uniform }: {
  readonly values: Readonly<Record<string, Value>>;
  readonly notes: StepNotes;
  /** Inputs with random numbers, in the network's order. */
  readonly uniform: readonly Value[];
}): Scope {
  let taken = 0;
  return scopeOf({
    graph,
    training: true,
    parameter: (name) => found(values[name], name),
    kept: (name) => notes.kept(name),
    keep: (name, next) => notes.keep(name, next),
    uniform: () => found(uniform[taken++], "uniform numbers"),
  }, "");
}

/** The scope of a finished network: its tensors are numbers in the graph. */
export function finishedScope(graph: Graph, tensors: Readonly<Record<string, Float32Array>>): Scope {
  // Asked for again where a network is applied to several views: the numbers are in the graph once.
  const placed = new Map<string, Value>();
  const known = (name: string, dims: readonly number[]): Value => {
    const before = placed.get(name);
    if (before !== undefined) return before;
    const numbers = found(tensors[name], name);
    if (numbers.length !== sizeOf(dims)) throw new Error(`${name} has ${numbers.length} numbers where [${dims.join()}] are needed.`);
    const value = graph.weights(name, dims, numbers);
    placed.set(name, value);
    return value;
  };
  return scopeOf({
    graph,
    training: false,
    parameter: known,
    kept: known,
    keep: () => undefined,
    uniform: () => {
      throw new Error("A finished network draws no random numbers.");
    },
  }, "");
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The network asks for ${name}, which is not there.`);
  return value;
}
