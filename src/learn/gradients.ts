import type { AttributeValue } from "./onnx.ts";
import type { Graph, Recorded, Value } from "./graph.ts";
import { add, divide, exp, expand, multiply, negate, positive, product, reshape, scale, subtract, sum, transpose } from "./operations.ts";

/** A derivative for every operation of a kind. */
type Rule = (graph: Graph, node: Recorded, upstream: Value) => readonly (Value | undefined)[];

/** Sums what broadcasting had stretched, back to the shape that went in. */
function unbroadcast(graph: Graph, gradient: Value, dims: readonly number[]): Value {
  const extra = gradient.dims.length - dims.length;
  const axes = gradient.dims.flatMap((size, axis) => (axis < extra || (dims[axis - extra] === 1 && size !== 1) ? [axis] : []));
  if (axes.length === 0) return gradient;
  const summed = sum(graph, gradient, { axes, keep: true });
  return extra === 0 ? summed : reshape(graph, summed, dims);
}

const isSet = (value: AttributeValue | undefined): boolean => value !== undefined && "int" in value && value.int !== 0;

/** Two-input rules: gets both inputs, gives both gradients before unbroadcasting. */
const pair = (rule: (graph: Graph, operands: { readonly a: Value; readonly b: Value; readonly out: Value }, upstream: Value) => readonly [Value, Value]): Rule =>
  (graph, node, upstream) => {
    const [a, b] = node.inputs;
    if (a === undefined || b === undefined) throw new Error(`${node.opType} needs two inputs.`);
    const [forA, forB] = rule(graph, { a, b, out: node.output }, upstream);
    return [unbroadcast(graph, forA, a.dims), unbroadcast(graph, forB, b.dims)];
  };

/** One-input rules. */
const single = (rule: (graph: Graph, operand: { readonly a: Value; readonly out: Value }, upstream: Value) => Value): Rule =>
  (graph, node, upstream) => {
    const [a] = node.inputs;
    if (a === undefined) throw new Error(`${node.opType} needs an input.`);
    return [rule(graph, { a, out: node.output }, upstream)];
  };

/** Derivatives by operation. A network needs one entry for each kind of operation between its parameters and its loss. */
const RULES: Readonly<Record<string, Rule>> = {
  Add: pair((_, __, up) => [up, up]),
  Sub: pair((graph, _, up) => [up, negate(graph, up)]),
  Mul: pair((graph, { a, b }, up) => [multiply(graph, up, b), multiply(graph, up, a)]),
  Div: pair((graph, { b, out }, up) => {
    const forA = divide(graph, up, b);
    return [forA, negate(graph, multiply(graph, forA, out))];
  }),
  Neg: single((graph, _, up) => negate(graph, up)),
  Exp: single((graph, { out }, up) => multiply(graph, up, out)),
  Log: single((graph, { a }, up) => divide(graph, up, a)),
  Sqrt: single((graph, { out }, up) => divide(graph, scale(graph, up, 0.5), out)),
  Sigmoid: single((graph, { out }, up) => multiply(graph, up, multiply(graph, out, subtract(graph, graph.constant([1], []), out)))),
  Tanh: single((graph, { out }, up) => multiply(graph, up, subtract(graph, graph.constant([1], []), multiply(graph, out, out)))),
  Relu: single((graph, { a }, up) => multiply(graph, up, positive(graph, a))),
  LeakyRelu: (graph, node, up) => {
    const [a] = node.inputs;
    const slope = node.attributes["alpha"];
    if (a === undefined || slope === undefined || !("float" in slope)) throw new Error("LeakyRelu needs its slope.");
    const steepness = add(graph, scale(graph, positive(graph, a), 1 - slope.float), graph.constant([slope.float], []));
    return [multiply(graph, up, steepness)];
  },
  Identity: single((_, __, up) => up),
  Reshape: (graph, { inputs: [a] }, up) => [a && reshape(graph, up, a.dims)],
  Flatten: (graph, { inputs: [a] }, up) => [a && reshape(graph, up, a.dims)],
  Transpose: (graph, { inputs: [a], attributes: { perm } }, up) => {
    if (perm === undefined || !("ints" in perm)) throw new Error("Transpose needs the order of its axes.");
    const order = [...perm.ints];
    return [a && transpose(graph, up, a.dims.map((_, axis) => order.indexOf(axis)))];
  },
  ReduceSum: (graph, { inputs: [a] }, up) => [a && expand(graph, up, a.dims)],
  LogSoftmax: single((graph, { out }, up) => {
    const total = sum(graph, up, { axes: [up.dims.length - 1], keep: true });
    return subtract(graph, up, multiply(graph, exp(graph, out), total));
  }),
  Gemm: (graph, node, up) => {
    const [a, b, bias] = node.inputs;
    if (a === undefined || b === undefined) throw new Error("Gemm needs two factors.");
    const transA = isSet(node.attributes["transA"]);
    const transB = isSet(node.attributes["transB"]);
    const forA = transA ? product(graph, b, up, { transposed: { a: transB, b: true } }) : product(graph, up, b, { transposed: { b: !transB } });
    const forB = transB ? product(graph, up, a, { transposed: { a: true, b: transA } }) : product(graph, a, up, { transposed: { a: !transA } });
    return bias ? [forA, forB, unbroadcast(graph, up, bias.dims)] : [forA, forB];
  },
};

/** The values that depend on any of the given ones. */
function dependents(graph: Graph, sources: readonly Value[]): ReadonlySet<string> {
  const reached = new Set(sources.map((value) => value.name));
  for (const node of graph.recorded) if (node.inputs.some((input) => reached.has(input.name))) reached.add(node.output.name);
  return reached;
}

function derivativeOf(graph: Graph, node: Recorded, upstream: Value): readonly (Value | undefined)[] {
  if (node.derivative) return node.derivative(graph, upstream);
  const rule = RULES[node.opType];
  if (rule === undefined) throw new Error(`No derivative is known for ${node.opType}.`);
  return rule(graph, node, upstream);
}

/**
 * Reverse-mode differentiation: appends to the graph what computes d loss / d value for each of `values`.
 * Throws when an operation between them has no rule.
 */
export function gradients(graph: Graph, loss: Value, values: readonly Value[]): readonly Value[] {
  const relevant = dependents(graph, values);
  const found = new Map<string, Value>([[loss.name, graph.constant([1], loss.dims)]]);
  for (const node of [...graph.recorded].reverse()) {
    const upstream = found.get(node.output.name);
    if (upstream === undefined || !relevant.has(node.output.name)) continue;
    derivativeOf(graph, node, upstream).forEach((gradient, index) => {
      const input = node.inputs[index];
      if (gradient === undefined || input === undefined || !relevant.has(input.name)) return;
      const sofar = found.get(input.name);
      found.set(input.name, sofar ? add(graph, sofar, gradient) : gradient);
    });
  }
  return values.map((value) => {
    const gradient = found.get(value.name);
    if (gradient === undefined) throw new Error(`The loss does not depend on ${value.name}.`);
    return gradient;
  });
}
