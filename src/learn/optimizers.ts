import type { Graph, Value } from "./graph.ts";
import { add, divide, multiply, scale, sqrt, subtract } from "./operations.ts";

/** One parameter at the moment of its update. */
export interface Update {
  readonly parameter: Value;
  readonly gradient: Value;
  /** The learning rate of this step times `rateFactor`, a scalar. */
  readonly rate: Value;
  /** The learning rate as it was given, a scalar: what decay apart from the gradient goes by. */
  readonly givenRate: Value;
  /** What the optimiser remembers of this parameter, in the order of `slots`; zeros at the start. */
  readonly memory: readonly Value[];
  /** Whether weight decay applies: to weights, not to biases, as MXNet does. */
  readonly decays: boolean;
}

/** How parameters follow their gradients, as operations of the training-step graph. */
export interface Optimizer {
  /** Names of what it remembers for each parameter. */
  readonly slots: readonly string[];
  apply(graph: Graph, update: Update): { readonly parameter: Value; readonly memory: readonly Value[] };
  /** Factor on the learning rate at a step (from 1): Adam's correction for its cold start, otherwise 1. */
  rateFactor(step: number): number;
}

/** The gradient with the pull of weight decay towards zero (L2). */
const decayed = (graph: Graph, { parameter, gradient, decays }: Update, weightDecay: number): Value =>
  decays && weightDecay > 0 ? add(graph, gradient, scale(graph, parameter, weightDecay)) : gradient;

export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
  /** Nesterov's: looks ahead along the momentum before taking the step. */
  readonly nesterov: boolean;
}

/** Stochastic gradient descent; plain when the momentum is 0. */
export function sgd({ momentum, weightDecay, nesterov }: SgdOptions): Optimizer {
  const rateFactor = (): number => 1;
  const step = (graph: Graph, update: Update, direction: Value): Value =>
    subtract(graph, update.parameter, multiply(graph, direction, update.rate));
  if (momentum === 0) {
    return { slots: [], rateFactor, apply: (graph, update) => ({ parameter: step(graph, update, decayed(graph, update, weightDecay)), memory: [] }) };
  }
  return {
    slots: ["momentum"],
    rateFactor,
    apply: (graph, update) => {
      const [before] = update.memory;
      if (before === undefined) throw new Error("Momentum needs its memory.");
      const slope = decayed(graph, update, weightDecay);
      const velocity = add(graph, scale(graph, before, momentum), slope);
      const direction = nesterov ? add(graph, slope, scale(graph, velocity, momentum)) : velocity;
      return { parameter: step(graph, update, direction), memory: [velocity] };
    },
  };
}

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Pull towards zero apart from the gradient (AdamW: Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101); 0 unless given. */
  readonly weightDecay?: number;
}

/** An exponentially fading mean: `keep · before + (1 - keep) · now`. */
const fading = (graph: Graph, keep: number, { before, now }: { readonly before: Value; readonly now: Value }): Value =>
  add(graph, scale(graph, before, keep), scale(graph, now, 1 - keep));

/** Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980). */
export const adam = ({ beta1, beta2, epsilon, weightDecay = 0 }: AdamOptions): Optimizer => ({
  slots: ["mean", "square"],
  rateFactor: (step) => Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step),
  apply: (graph, { parameter, gradient, rate, givenRate, decays, memory: [mean, square] }) => {
    if (mean === undefined || square === undefined) throw new Error("Adam needs its memory.");
    const newMean = fading(graph, beta1, { before: mean, now: gradient });
    const newSquare = fading(graph, beta2, { before: square, now: multiply(graph, gradient, gradient) });
    const direction = divide(graph, newMean, add(graph, sqrt(graph, newSquare), graph.constant([epsilon], [])));
    const moved = subtract(graph, parameter, multiply(graph, direction, rate));
    const pulled = decays && weightDecay > 0 ? subtract(graph, moved, multiply(graph, parameter, scale(graph, givenRate, weightDecay))) : moved;
    return { parameter: pulled, memory: [newMean, newSquare] };
  },
});

export interface RmspropOptions {
  /** How much of the mean of squares is kept at each step. */
  readonly decay: number;
  readonly epsilon: number;
}

/** RMSProp (Tieleman and Hinton 2012), with epsilon under the root as MXNet has it. */
export const rmsprop = ({ decay, epsilon }: RmspropOptions): Optimizer => ({
  slots: ["square"],
  rateFactor: () => 1,
  apply: (graph, { parameter, gradient, rate, memory: [square] }) => {
    if (square === undefined) throw new Error("RMSProp needs its memory.");
    const newSquare = fading(graph, decay, { before: square, now: multiply(graph, gradient, gradient) });
    const direction = divide(graph, gradient, sqrt(graph, add(graph, newSquare, graph.constant([epsilon], []))));
    return { parameter: subtract(graph, parameter, multiply(graph, direction, rate)), memory: [newSquare] };
  },
});
