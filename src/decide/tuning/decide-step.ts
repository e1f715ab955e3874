import type { Direction } from "./question.ts";

/** What a step needs to know of a training job of the tuning job. */
export interface TrialFacts {
  readonly state: "running" | "completed" | "failed" | "stopped";
  readonly objective?: number;
  /** Milliseconds; absent while it runs. */
  readonly endedAt?: number;
}

export interface StepQuestion {
  readonly direction: Direction;
  /** In the order in which they were started. */
  readonly trials: readonly TrialFacts[];
  readonly maxParallel: number;
  readonly maxTrials?: number;
  /** Completion criteria: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-progress.html */
  readonly target?: number;
  readonly maxNotImproving?: number;
  readonly stopRequested: boolean;
  /** MaxRuntimeInSeconds is over. */
  readonly outOfTime: boolean;
  /** Why there is nothing left to try. */
  readonly exhausted?: string;
}

export type TuningStep =
  | { readonly kind: "start"; readonly reason: string }
  | { readonly kind: "wait"; readonly reason: string }
  /** Stop the training jobs that run; the end comes with theirs. */
  | { readonly kind: "stop-trials"; readonly reason: string }
  | { readonly kind: "end"; readonly status: "Completed" | "Failed" | "Stopped"; readonly reason: string };

/** AWS gives up after so many without a single success: aws/amazon-sagemaker-examples#2437 */
const ATTEMPTS = 5;
/** An improvement is 1 % or more: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_BestObjectiveNotImproving.html */
const IMPROVEMENT = 0.01;

export const isBetter = (direction: Direction, value: number, than: number): boolean => (direction === "Minimize" ? value < than : value > than);

/** The trial with the best objective among those that ended Completed or Stopped; the earlier one of two alike. */
export function bestOf<T extends Pick<TrialFacts, "state" | "objective">>(direction: Direction, trials: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const trial of trials) {
    if ((trial.state !== "completed" && trial.state !== "stopped") || trial.objective === undefined) continue;
    if (best?.objective === undefined || isBetter(direction, trial.objective, best.objective)) best = trial;
  }
  return best;
}

/** How many trials, in the order of their ends, have brought no improvement of 1 % since the last one that did. */
export function countNotImproving(direction: Direction, trials: readonly TrialFacts[]): number {
  const ended = trials.filter(({ state, objective }) => (state === "completed" || state === "stopped") && objective !== undefined)
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  let best: number | undefined;
  let count = 0;
  for (const { objective = Number.NaN } of ended) {
    const bar = best === undefined ? undefined : best + (direction === "Minimize" ? -1 : 1) * IMPROVEMENT * Math.abs(best);
    const improves = best === undefined || bar === undefined || (isBetter(direction, objective, best) && !isBetter(direction, bar, objective));
    count = improves ? 0 : count + 1;
    if (best === undefined || isBetter(direction, objective, best)) best = objective;
  }
  return count;
}

/** What a tuning job does now. The same question has the same answer. */
export function decideStep(question: StepQuestion): TuningStep {
  const { trials, maxParallel, maxTrials = Infinity } = question;
  const running = trials.filter(({ state }) => state === "running").length;
  const ending = endingOf(question);
  if (ending !== undefined) {
    if (running > 0 && ending.now) return { kind: "stop-trials", reason: ending.reason };
    if (running > 0) return { kind: "wait", reason: `${ending.reason}; ${running} still running` };
    return { kind: "end", ...outcomeOf(question, ending) };
  }
  if (running >= maxParallel) return { kind: "wait", reason: `${running} of at most ${maxParallel} training jobs at once are running` };
  return { kind: "start", reason: `training job ${trials.length + 1}${Number.isFinite(maxTrials) ? ` of ${maxTrials}` : ""}` };
}

interface Ending {
  readonly status: "Completed" | "Stopped";
  readonly reason: string;
  /** Running trials are stopped; otherwise they are waited for. */
  readonly now: boolean;
}

function endingOf({ trials, direction, maxTrials = Infinity, target, maxNotImproving, stopRequested, outOfTime, exhausted }: StepQuestion): Ending | undefined {
  if (stopRequested) return { status: "Stopped", reason: "a stop was asked for", now: true };
  if (outOfTime) return { status: "Completed", reason: "MaxRuntimeInSeconds is over", now: true };
  const best = bestOf(direction, trials)?.objective;
  if (target !== undefined && best !== undefined && !isBetter(direction, target, best)) return { status: "Completed", reason: `the objective ${best} reaches the target ${target}`, now: true };
  if (maxNotImproving !== undefined && countNotImproving(direction, trials) >= maxNotImproving) {
    return { status: "Completed", reason: `${maxNotImproving} training jobs brought no improvement of 1 % or more`, now: true };
  }
  if (exhausted !== undefined) return { status: "Completed", reason: exhausted, now: false };
  if (trials.length >= maxTrials) return { status: "Completed", reason: `all ${maxTrials} training jobs were started`, now: false };
  const ended = trials.filter(({ state }) => state !== "running").length;
  if (ended >= ATTEMPTS && best === undefined) return { status: "Completed", reason: `none of ${ended} training jobs brought an objective`, now: false };
  return undefined;
}

/** A tuning job that was not stopped and has no best training job has failed. The sentences are AWS's (examples#2437, examples#1207), the number is ours. */
function outcomeOf({ trials, direction }: StepQuestion, { status, reason }: Ending): { readonly status: "Completed" | "Failed" | "Stopped"; readonly reason: string } {
  if (status === "Stopped" || bestOf(direction, trials) !== undefined || trials.length === 0) return { status, reason };
  if (trials.every(({ state }) => state === "stopped")) return { status: "Stopped", reason: "all its training jobs were stopped" };
  if (trials.some(({ state }) => state === "completed" || state === "stopped")) {
    return {
      status: "Failed",
      reason: `No objective metrics found after running ${trials.length} training jobs. Please ensure that the custom algorithm is emitting the objective metric as defined by the regular expression provided.`,
    };
  }
  return { status: "Failed", reason: `No training job succeeded after ${trials.length} attempts. Please take a look at the training job failures to get more details.` };
}
