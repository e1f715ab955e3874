import { isBetter } from "./decide-step.ts";
import type { Direction } from "./question.ts";

/** Of three that reach a rung one goes on. AWS does not name its factor; Hyperband's authors recommend 3 or 4. */
const REDUCTION = 3;

export interface Resources {
  /** Epochs that every training job may use before it is judged. */
  readonly min: number;
  /** Epochs after which a training job is stopped. */
  readonly max: number;
}

/** How many brackets there are: the first judges earliest, the last one only stops at the maximum. */
export const bracketCount = ({ min, max }: Resources): number => Math.floor(Math.log(max / min) / Math.log(REDUCTION) + 1e-9) + 1;

/** The epochs at which training jobs of a bracket are judged, the maximum not among them. */
export function rungsOf(resources: Resources, bracket: number): readonly number[] {
  const { min, max } = resources;
  const rungs: number[] = [];
  for (let exponent = bracket; exponent < bracketCount(resources); exponent += 1) {
    const epochs = Math.round(min * REDUCTION ** exponent);
    if (epochs < max) rungs.push(epochs);
  }
  return rungs;
}

/**
 * The bracket of the number-th training job, from 1. As in Hyperband, a bracket that judges earlier has more training jobs:
 * they cost the brackets about alike (Li et al., Journal of Machine Learning Research 18(185), 2018, section 3).
 */
export function bracketOf(resources: Resources, number: number): number {
  const count = bracketCount(resources);
  const sizes = Array.from({ length: count }, (_, bracket) => Math.ceil((count / (count - bracket)) * REDUCTION ** (count - 1 - bracket)));
  let place = (number - 1) % sizes.reduce((sum, size) => sum + size, 0);
  for (const [bracket, size] of sizes.entries()) {
    if (place < size) return bracket;
    place -= size;
  }
  return count - 1;
}

export interface RungQuestion {
  readonly direction: Direction;
  readonly resources: Resources;
  readonly bracket: number;
  /** The objective of the training job after each of its epochs so far. */
  readonly current: readonly number[];
  /** The same of the other training jobs of its bracket. */
  readonly others: readonly (readonly number[])[];
}

/**
 * Asynchronous successive halving, its stopping form (Li et al., MLSys 2020): a training job that reaches a rung goes on if it
 * is in the best third of those that have reached it so far; the first ones go on, nobody waits.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html#automatic-tuning-hyperband
 */
export function decideRung({ direction, resources, bracket, current, others }: RungQuestion): { readonly stop: boolean; readonly reason: string } {
  const epochs = current.length;
  const latest = current[epochs - 1];
  if (latest === undefined) return { stop: false, reason: "no epoch has ended" };
  if (epochs >= resources.max) return { stop: true, reason: `it has used ${epochs} epochs, MaxResource` };
  if (!rungsOf(resources, bracket).includes(epochs)) return { stop: false, reason: `epoch ${epochs} is no rung of its bracket` };
  const reached = others.flatMap((objectives) => objectives[epochs - 1] ?? []);
  const better = reached.filter((value) => isBetter(direction, value, latest)).length;
  const places = Math.max(1, Math.floor((reached.length + 1) / REDUCTION));
  const known = reached.length + 1;
  if (known < REDUCTION) return { stop: false, reason: `only ${known} have reached epoch ${epochs}` };
  const stop = better >= places;
  return { stop, reason: `after epoch ${epochs} it is number ${better + 1} of ${known} by its objective ${latest}; the best ${places} ${stop ? "go" : "of them go"} on` };
}
