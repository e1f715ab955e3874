import type { Random } from "../../shared/random.ts";
import { adam, rmsprop, sgd, type Optimizer } from "../../learn/optimizers.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Score } from "./score.ts";

/** What both kinds of training go by: a head on features, and a whole network. */
export type EpochHyperparameters = Pick<
  Hyperparameters,
  "epochs" | "miniBatchSize" | "learningRate" | "schedule" | "optimizer" | "momentum" | "weightDecay" | "beta1" | "beta2" | "epsilon" | "gamma" | "earlyStopping" | "topK"
>;

export interface EpochReport {
  readonly epoch: number;
  readonly train: Score;
  readonly validation: Score;
  readonly seconds: number;
  /** Whether this is the best epoch so far, and so the one that is kept. */
  readonly best: boolean;
}

/** Share of the right class's weight that is spread over all classes: steadies what learns from few pictures. */
export const LABEL_SMOOTHING = 0.1;

export function optimizerOf(given: EpochHyperparameters): Optimizer {
  const { momentum, weightDecay, beta1, beta2, epsilon, gamma } = given;
  switch (given.optimizer) {
    case "sgd": return sgd({ momentum, weightDecay, nesterov: false });
    case "nag": return sgd({ momentum, weightDecay, nesterov: true });
    case "adam": return adam({ beta1, beta2, epsilon });
    case "rmsprop": return rmsprop({ decay: gamma, epsilon });
  }
}

/** The numbers 0 … count - 1 in a random order (Fisher and Yates). */
export function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random.fraction() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** Things that are made ready while one is worked on. */
const AHEAD = 2;

/** Makes things in their order, some of them ahead of whoever takes them. */
export async function* ahead<T>(count: number, make: (index: number) => Promise<T>): AsyncGenerator<T> {
  const ready: Promise<T>[] = [];
  for (let next = 0, taken = 0; taken < count; taken++) {
    for (; next < count && ready.length <= AHEAD; next++) {
      const made = make(next);
      // Whoever takes it sees the error; one that nobody takes any more is nobody's.
      made.catch(() => undefined);
      ready.push(made);
    }
    const first = ready.shift();
    if (first !== undefined) yield await first;
  }
}

/** Better in accuracy, or as accurate with a lower loss. */
export const isBetter = (now: Score, best: Score | undefined): boolean =>
  best === undefined || now.accuracy > best.accuracy || (now.accuracy === best.accuracy && now.loss < best.loss);

/** Early stopping as AWS has it: no improvement, relative to the best and beyond the tolerance, for `patience` epochs. Asked once after each epoch. */
export function createStopper(stopping: EpochHyperparameters["earlyStopping"]): (epoch: number, accuracy: number) => boolean {
  let reference = 0;
  let waited = 0;
  return (epoch, accuracy) => {
    if (stopping === undefined) return false;
    const improved = reference === 0 ? accuracy > 0 : (accuracy - reference) / reference > stopping.tolerance;
    waited = improved ? 0 : waited + 1;
    if (improved) reference = accuracy;
    return epoch + 1 >= stopping.minEpochs && waited >= stopping.patience;
  };
}
