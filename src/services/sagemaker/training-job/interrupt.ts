import type { AccessRequest } from "../../../wire/access.ts";
import { arnOf, keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";

/**
 * Takes a job's spot instances away as EC2 does on AWS, which has no operation for it. Who may stop the job may do this.
 * Throws SageMaker's "not found", and ours when the job has no spot instances that could be taken.
 */
export function interruptTrainingJob(state: Pick<SageMakerState, "trainingJobs" | "tags" | "training">, { name, ...place }: Place & { readonly name: string }, authorize: (requests: readonly AccessRequest[]) => void): void {
  const resource = arnOf("training-job", place, name);
  authorize([{ action: "sagemaker:StopTrainingJob", resource, resourceTags: state.tags.get(resource) }]);
  const job = state.trainingJobs.get(keyOf(place, name));
  if (!job) throw errors.notFound();
  if (job.request.EnableManagedSpotTraining !== true) throw errors.invalid(`The training job ${job.name} does not use managed spot training: its instances are not taken away.`);
  if (!state.training.interrupt(keyOf(place, name))) throw errors.invalid(`The training job ${job.name} is ${job.secondary}: there are no instances that could be taken away.`);
}
