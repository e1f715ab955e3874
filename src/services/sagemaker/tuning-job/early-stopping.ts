import { bracketOf, decideEarlyStop, decideRung } from "../../../decide/tuning/index.ts";
import type { Collection, Store } from "../../../store/index.ts";
import { metricValues } from "../training-job/metrics.ts";
import { hyperbandResources } from "./check-request.ts";
import { objectiveOf } from "./trials.ts";
import { trialPrefix, type TrialRecord, type TuningJobRecord } from "./tuning-job.ts";

interface Measured {
  readonly key: string;
  readonly job: TuningJobRecord;
  /** Of the trial whose training job printed a metric. */
  readonly number: number;
  readonly metric: string;
}

/** Why the tuning job stops a training job that has just printed a value of its objective; undefined when it goes on. */
export function stopReason({ store, trials }: { readonly store: Store; readonly trials: Collection<TrialRecord> }, { key, job, number, metric }: Measured): string | undefined {
  const { Strategy: strategy, TrainingJobEarlyStoppingType: early } = job.request.HyperParameterTuningJobConfig ?? {};
  if (strategy !== "Hyperband" && early !== "Auto") return undefined;
  const all = trials.values({ prefix: trialPrefix(key) });
  const trial = all.find((each) => each.number === number);
  const objective = trial && objectiveOf(job, trial);
  if (trial === undefined || objective?.metric !== metric) return undefined;
  const valuesOf = (each: TrialRecord): readonly number[] => metricValues(store, each.trainingJobArn, objectiveOf(job, each)?.metric ?? metric);
  const current = valuesOf(trial);
  const { direction } = objective;
  if (strategy !== "Hyperband") {
    const decision = decideEarlyStop({ direction, current, earlier: all.filter((each) => each.number < number).map(valuesOf) });
    return decision.stop ? `early stopping: ${decision.reason}` : undefined;
  }
  const definition = job.definitions.find(({ name }) => name === trial.definition);
  if (definition === undefined) return undefined;
  const resources = hyperbandResources(job.request.HyperParameterTuningJobConfig, definition);
  const bracket = bracketOf(resources, number);
  const others = all.filter((each) => each.number !== number && bracketOf(resources, each.number) === bracket).map(valuesOf);
  const decision = decideRung({ direction, resources, bracket, current, others });
  return decision.stop ? `Hyperband: ${decision.reason}` : undefined;
}
