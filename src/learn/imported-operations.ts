import { convolution } from "./convolution.ts";
import { sizeOf, type Graph, type Value } from "./graph.ts";
import { batchNormByKnown } from "./normalization.ts";
import { ELEMENT_TYPES, floatsOf, int64sOf, type AttributeProto, type NodeProto } from "./onnx.ts";
import * as op from "./operations.ts";
import { averagePool, globalAverage, maxPool } from "./pooling.ts";

/** Numbers that are known while the network is written: sizes, axes, constants. */
export interface Known {
  readonly dims: readonly number[];
  readonly numbers: readonly number[];
  readonly isWhole: boolean;
  /** Which of the numbers are how many pictures there are: another one in the next batch. */
  readonly isBatch?: readonly boolean[];
}

export type Imported = Value | Known;

/** One node of a model, with what it reads. */
export interface NodeContext {
  readonly graph: Graph;
  readonly node: NodeProto;
  /** Undefined for an optional input that is not given. */
  item(index: number): Imported | undefined;
}

const refuse = ({ node }: NodeContext, what: string): Error => new Error(`${node.opType} (${node.name ?? node.output[0] ?? ""}) ${what}: the network can only be used frozen.`);

const attributeOf = ({ node }: NodeContext, name: string): AttributeProto | undefined => node.attribute.find((one) => one.name === name);
const whole = (context: NodeContext, name: string, otherwise: number): number => Number(attributeOf(context, name)?.i ?? otherwise);
const wholes = (context: NodeContext, name: string): readonly number[] | undefined => attributeOf(context, name)?.ints?.map(Number);

const isKnown = (item: Imported): item is Known => "numbers" in item;

function value(context: NodeContext, index: number): Value {
  const item = context.item(index);
  if (item === undefined) throw refuse(context, `has no input ${index}`);
  if (!isKnown(item)) return item;
  if (item.isWhole) throw refuse(context, "computes with whole numbers");
  return context.graph.constant(item.numbers, item.dims);
}

function knownAt(context: NodeContext, index: number): Known | undefined {
  const item = context.item(index);
  if (item !== undefined && !isKnown(item)) throw refuse(context, "has a size that depends on the picture");
  return item;
}

/** Whole numbers of an input, or of the attribute that older models have instead. */
const numbers = (context: NodeContext, index: number, attribute?: string): readonly number[] | undefined =>
  knownAt(context, index)?.numbers ?? (attribute === undefined ? undefined : wholes(context, attribute));

/** A square window with the same padding all around; anything else is refused. */
function windowOf(context: NodeContext, kernel: readonly number[]): { readonly kernel: number; readonly stride: number; readonly padding: number } {
  const same = (values: readonly number[] | undefined, otherwise: number): number => {
    const [first = otherwise, ...more] = values ?? [];
    if (more.some((one) => one !== first)) throw refuse(context, `has a window that is not the same both ways (${String(values)})`);
    return first;
  };
  if (same(wholes(context, "dilations"), 1) !== 1) throw refuse(context, "is dilated");
  const padding = attributeOf(context, "auto_pad")?.s;
  if (padding !== undefined && new TextDecoder().decode(padding) !== "NOTSET") throw refuse(context, "pads by itself (auto_pad)");
  return { kernel: same(kernel, 1), stride: same(wholes(context, "strides"), 1), padding: same(wholes(context, "pads"), 0) };
}

function convolve(context: NodeContext): Value {
  const { graph } = context;
  const weight = value(context, 1);
  if (whole(context, "group", 1) !== 1) throw refuse(context, "is in groups");
  const { stride, padding } = windowOf(context, weight.dims.slice(2));
  const maps = convolution(graph, value(context, 0), { weight, stride, padding });
  if (context.item(2) === undefined) return maps;
  return op.add(graph, maps, op.reshape(graph, value(context, 2), [1, weight.dims[0] ?? 1, 1, 1]));
}

function pool(context: NodeContext): Value {
  const { kernel, stride, padding } = windowOf(context, wholes(context, "kernel_shape") ?? []);
  const x = value(context, 0);
  if (context.node.opType === "MaxPool") {
    if (whole(context, "ceil_mode", 0) !== 0) throw refuse(context, "rounds up");
    return maxPool(context.graph, x, { kernel, stride, padding });
  }
  const isEven = x.dims.slice(2).every((size) => size % kernel === 0);
  if (kernel !== stride || padding !== 0 || (!isEven && whole(context, "ceil_mode", 0) === 0)) throw refuse(context, "has windows that overlap or do not cover the maps");
  return averagePool(context.graph, x, kernel);
}

function normalize(context: NodeContext): Value {
  if (whole(context, "training_mode", 0) !== 0) throw refuse(context, "normalises by the statistics of each batch (training_mode)");
  const known = (index: number): Value => value(context, index);
  return batchNormByKnown(context.graph, known(0), { gamma: known(1), beta: known(2), mean: known(3), variance: known(4), epsilon: attributeOf(context, "epsilon")?.f ?? 1e-5 });
}

function gemm(context: NodeContext): Value {
  if ((attributeOf(context, "alpha")?.f ?? 1) !== 1 || (attributeOf(context, "beta")?.f ?? 1) !== 1) throw refuse(context, "scales its factors");
  const transposed = { a: whole(context, "transA", 0) === 1, b: whole(context, "transB", 0) === 1 };
  return op.product(context.graph, value(context, 0), value(context, 1), { transposed, ...(context.item(2) !== undefined && { bias: value(context, 2) }) });
}

/** ONNX counts axes from the end where they are negative. */
const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

function reshaped(context: NodeContext, shape: Known | undefined): Imported {
  const item = context.item(0);
  if (item === undefined || shape === undefined) throw refuse(context, "has no input");
  const dims = shape.numbers.map((size, axis) => (size === 0 ? item.dims[axis] ?? 1 : size));
  const rest = sizeOf(item.dims) / sizeOf(dims.filter((size) => size !== -1));
  const full = dims.map((size) => (size === -1 ? rest : size));
  if (sizeOf(full) !== sizeOf(item.dims)) throw refuse(context, `has a shape for one size alone, [${full.join()}], which [${item.dims.join()}] does not go into`);
  if (isKnown(item)) return { ...item, dims: full };
  // As the model says it: a length that is left open stays open, for batches of any size. One that it reads from its input is left open, too.
  const wanted = shape.isBatch?.filter(Boolean).length === 1 ? full.map((size, axis) => (shape.isBatch?.[axis] === true ? -1 : size)) : shape.numbers;
  return context.graph.add({ opType: "Reshape", inputs: [item, context.graph.integers(wanted)], dims: full });
}

function squeezed(context: NodeContext): Imported {
  const item = context.item(0);
  if (item === undefined) throw refuse(context, "has no input");
  const axes = numbers(context, 1, "axes");
  const isRemoving = context.node.opType === "Squeeze";
  const rank = item.dims.length + (isRemoving ? 0 : axes?.length ?? 0);
  const chosen = new Set((axes ?? item.dims.flatMap((size, axis) => (size === 1 ? [axis] : []))).map((axis) => axisOf(axis, rank)));
  const left = [...item.dims];
  const dims = isRemoving ? item.dims.filter((_, axis) => !chosen.has(axis)) : Array.from({ length: rank }, (_, axis) => (chosen.has(axis) ? 1 : left.shift() ?? 1));
  if (isKnown(item)) return { ...item, dims };
  // Only lengths of one come or go, so the first length, the batch's, can be left open.
  return context.graph.add({ opType: "Reshape", inputs: [item, context.graph.integers(dims.map((size, axis) => (axis === 0 ? -1 : size)))], dims });
}

function mean(context: NodeContext): Value {
  const { graph } = context;
  const x = value(context, 0);
  const axes = (numbers(context, 1, "axes") ?? x.dims.map((_, axis) => axis)).map((axis) => axisOf(axis, x.dims.length));
  const count = axes.reduce((product, axis) => product * (x.dims[axis] ?? 1), 1);
  const kept = x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const isKept = whole(context, "keepdims", 1) === 1;
  return graph.composed("ReduceMean", [x], () => ({
    output: graph.add({ opType: "ReduceMean", inputs: [x], dims: isKept ? kept : kept.filter((_, axis) => !axes.includes(axis)), attributes: { axes: { ints: axes }, keepdims: { int: isKept ? 1 : 0 } } }),
    derivative: (backward, upstream) => [op.expand(backward, op.reshape(backward, op.scale(backward, upstream, 1 / count), kept), x.dims)],
  }));
}

function concatenated(context: NodeContext): Imported {
  const items = context.node.input.map((_, index) => context.item(index));
  const known = items.flatMap((item) => (item !== undefined && isKnown(item) && item.dims.length < 2 ? [item] : []));
  if (known.length === items.length) {
    const all = known.flatMap((item) => item.numbers);
    return { dims: [all.length], numbers: all, isWhole: known.every(({ isWhole }) => isWhole), isBatch: known.flatMap((item) => item.numbers.map((_, at) => item.isBatch?.[at] === true)) };
  }
  const parts = items.map((_, index) => value(context, index));
  return op.concatenate(context.graph, parts, axisOf(whole(context, "axis", 0), parts[0]?.dims.length ?? 1));
}

/** Some of known numbers. */
const chosen = ({ numbers: all, isWhole, isBatch }: Known, places: readonly number[], dims: readonly number[]): Known =>
  ({ dims, numbers: places.map((at) => all[at] ?? 0), isWhole, isBatch: places.map((at) => isBatch?.[at] === true) });

/** Parts along axes, and the mirror image: what starts at the end and steps back by one. */
function sliced(context: NodeContext): Imported {
  const { graph } = context;
  const item = context.item(0);
  if (item !== undefined && isKnown(item) && item.dims.length === 1) {
    const [from = 0, to = 0, step = 1] = [numbers(context, 1, "starts")?.[0], numbers(context, 2, "ends")?.[0], numbers(context, 4)?.[0]];
    if (step !== 1) throw refuse(context, `steps by ${String(step)}`);
    const places = item.numbers.map((_, at) => at).slice(from, to);
    return chosen(item, places, [places.length]);
  }
  const x = value(context, 0);
  const starts = numbers(context, 1, "starts") ?? [];
  const ends = numbers(context, 2, "ends") ?? [];
  const axes = (numbers(context, 3, "axes") ?? starts.map((_, axis) => axis)).map((axis) => axisOf(axis, x.dims.length));
  const steps = numbers(context, 4) ?? starts.map(() => 1);
  return axes.reduce<Value>((sofar, axis, at) => {
    const size = sofar.dims[axis] ?? 1;
    const within = (place: number): number => Math.min(size, Math.max(0, axisOf(place, size)));
    if (steps[at] === -1 && axisOf(starts[at] ?? 0, size) === size - 1 && (ends[at] ?? 0) <= -size - 1) return op.mirror(graph, sofar, axis);
    if (steps[at] !== 1) throw refuse(context, `steps by ${String(steps[at])}`);
    const from = within(starts[at] ?? 0);
    return op.part(graph, sofar, { axis, from, length: within(ends[at] ?? size) - from });
  }, x);
}

function shape(context: NodeContext): Known {
  const item = context.item(0);
  const { dims } = item ?? value(context, 0);
  const places = dims.map((_, axis) => axis).slice(whole(context, "start", 0), whole(context, "end", dims.length));
  // What is computed from pictures has them along its first axis.
  const isComputed = item !== undefined && !isKnown(item);
  return { dims: [places.length], numbers: places.map((axis) => dims[axis] ?? 1), isWhole: true, isBatch: places.map((axis) => isComputed && axis === 0) };
}

function gathered(context: NodeContext): Known {
  const item = context.item(0);
  const index = context.item(1);
  if (item === undefined || !isKnown(item) || index === undefined || !isKnown(index) || index.numbers.length !== 1) throw refuse(context, "picks from what it computes");
  return chosen(item, [axisOf(index.numbers[0] ?? 0, item.numbers.length)], index.dims);
}

function constant(context: NodeContext): Known {
  const tensor = attributeOf(context, "value")?.t;
  if (tensor === undefined) throw refuse(context, "has no tensor");
  const isWhole = tensor.dataType !== ELEMENT_TYPES.float;
  return { dims: tensor.dims.map(Number), numbers: isWhole ? int64sOf(tensor) : [...floatsOf(tensor)], isWhole };
}

function padded(context: NodeContext): Value {
  if ((numbers(context, 1, "pads") ?? []).some((size) => size !== 0)) throw refuse(context, "pads");
  return value(context, 0);
}

function clipped(context: NodeContext): Value {
  const { graph } = context;
  const [low, high] = [numbers(context, 1)?.[0] ?? attributeOf(context, "min")?.f, numbers(context, 2)?.[0] ?? attributeOf(context, "max")?.f];
  if (low !== 0) throw refuse(context, `clips below at ${String(low)}`);
  const above = op.relu(graph, value(context, 0));
  if (high === undefined) return above;
  // min(x, high) = high - max(high - x, 0)
  const limit = graph.constant([high], []);
  return op.subtract(graph, limit, op.relu(graph, op.subtract(graph, limit, above)));
}

const unary = (apply: (graph: Graph, a: Value) => Value) => (context: NodeContext): Value => apply(context.graph, value(context, 0));
const binary = (apply: (graph: Graph, a: Value, b: Value) => Value) => (context: NodeContext): Value => apply(context.graph, value(context, 0), value(context, 1));
const unchanged = (context: NodeContext): Imported => context.item(0) ?? value(context, 0);

/** How each operation of a model is written so that it can be trained through. */
export const operationsOf: Readonly<Record<string, ((context: NodeContext) => Imported) | undefined>> = {
  Add: binary(op.add), Sub: binary(op.subtract), Mul: binary(op.multiply), Div: binary(op.divide), MatMul: binary((graph, a, b) => op.product(graph, a, b)),
  Relu: unary(op.relu), Sigmoid: unary(op.sigmoid), Tanh: unary(op.tanh), Exp: unary(op.exp), Log: unary(op.log), Sqrt: unary(op.sqrt), Neg: unary(op.negate),
  LeakyRelu: (context) => op.leakyRelu(context.graph, value(context, 0), attributeOf(context, "alpha")?.f ?? 0.01),
  Conv: convolve, MaxPool: pool, AveragePool: pool, BatchNormalization: normalize, Gemm: gemm, Clip: clipped,
  GlobalAveragePool: unary((graph, x) => {
    const [batch = 1, maps = 1] = x.dims;
    return graph.add({ opType: "Reshape", inputs: [globalAverage(graph, x), graph.integers([-1, maps, 1, 1])], dims: [batch, maps, 1, 1] });
  }),
  Flatten: (context) => {
    if (whole(context, "axis", 1) !== 1) throw refuse(context, "flattens from another axis than the second");
    return op.flatten(context.graph, value(context, 0));
  },
  ReduceMean: mean, Concat: concatenated, Slice: sliced, Reshape: (context) => reshaped(context, knownAt(context, 1)), Squeeze: squeezed, Unsqueeze: squeezed,
  Transpose: (context) => {
    const x = value(context, 0);
    return op.transpose(context.graph, x, wholes(context, "perm") ?? x.dims.map((_, axis) => x.dims.length - 1 - axis));
  },
  Identity: unchanged, Dropout: unchanged, Pad: padded, Shape: shape, Gather: gathered, Constant: constant,
};
