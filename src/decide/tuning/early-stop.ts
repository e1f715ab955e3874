import type { Direction } from "./question.ts";

export interface EarlyStopQuestion {
  readonly direction: Direction;
  /** The objective of the training job after each of its epochs so far. */
  readonly current: readonly number[];
  /** The same of each training job that was started before it by the same tuning job. */
  readonly earlier: readonly (readonly number[])[];
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return upper === lower ? upper : (lower + upper) / 2;
};

/**
 * The median rule: stop a training job whose objective is worse than the median, over the earlier jobs, of the running
 * average up to the same epoch. An earlier job that ended before counts with all its epochs.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
 * AWS does not say what an objective that is no number does; here it is worse than any number.
 */
export function decideEarlyStop({ direction, current, earlier }: EarlyStopQuestion): { readonly stop: boolean; readonly reason: string } {
  const epochs = current.length;
  const latest = current[epochs - 1];
  if (latest === undefined) return { stop: false, reason: "no epoch has ended" };
  const worst = direction === "Minimize" ? Infinity : -Infinity;
  const known = (value: number): number => (Number.isNaN(value) ? worst : value);
  const averages = earlier.map((objectives) => objectives.slice(0, epochs)).filter(({ length }) => length > 0)
    .map((objectives) => known(objectives.reduce((sum, value) => sum + known(value), 0) / objectives.length));
  if (averages.length === 0) return { stop: false, reason: "no earlier training job to compare with" };
  const bar = median(averages);
  const stop = direction === "Minimize" ? known(latest) > bar : known(latest) < bar;
  return { stop, reason: `after epoch ${epochs} the objective is ${latest}, ${stop ? "worse" : "not worse"} than ${bar}, the median of ${averages.length} earlier running averages` };
}
