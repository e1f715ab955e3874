import { bestOf, type Trial, type TrialFacts } from "../../../decide/tuning/index.ts";
import type { Objective, TrialRecord, TuningJobRecord } from "./tuning-job.ts";

const STATES = { Completed: "completed", Failed: "failed", Stopped: "stopped" } as const;

/** A trial as the search sees it. */
export const asTrial = ({ values, end }: TrialRecord): Trial =>
  ({ values, state: end === undefined ? "running" : STATES[end.status], ...(end?.objective !== undefined && { objective: end.objective }) });

/** A trial as the course of the tuning job sees it. */
export const asFacts = (trial: TrialRecord): TrialFacts & { readonly record: TrialRecord } => {
  const { state, objective } = asTrial(trial);
  return { state, ...(objective !== undefined && { objective }), ...(trial.end !== undefined && { endedAt: trial.end.endedAt }), record: trial };
};

/** The best training job so far, of those that ended. */
export const bestTrial = (job: TuningJobRecord, trials: readonly TrialRecord[]): TrialRecord | undefined =>
  bestOf(job.definitions[0]?.objective.direction ?? "Minimize", trials.map(asFacts))?.record;

/** Of the trial's definition; a parent's trials have other definitions' names and the same objective. */
export const objectiveOf = ({ definitions }: TuningJobRecord, trial: TrialRecord): Objective | undefined =>
  (definitions.length === 1 ? definitions[0] : definitions.find(({ name }) => name === trial.definition))?.objective;
