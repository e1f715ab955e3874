import { keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";
import { trialPrefix, type TrialRecord, type TuningJobRecord } from "./tuning-job.ts";

/** The tuning job of this name; throws AWS's "not found". */
export function requireTuningJob(state: Pick<SageMakerState, "tuningJobs"> & Place, name: string): TuningJobRecord {
  const job = state.tuningJobs.get(keyOf(state, name));
  if (!job) throw errors.tuningJobNotFound(name);
  return job;
}

/** Its training jobs in the order in which they were started. */
export const trialsOf = ({ trials }: Pick<SageMakerState, "trials">, job: TuningJobRecord): readonly TrialRecord[] => trials.values({ prefix: trialPrefix(keyOf(job, job.name)) });
