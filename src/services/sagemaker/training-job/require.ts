import { keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";
import type { TrainingJobRecord } from "./training-job.ts";

/** The job of this name; throws AWS's "not found". */
export function requireTrainingJob(state: Pick<SageMakerState, "trainingJobs"> & Place, name: string): TrainingJobRecord {
  const job = state.trainingJobs.get(keyOf(state, name));
  if (!job) throw errors.notFound();
  return job;
}
