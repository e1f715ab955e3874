import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { hasEnded } from "./training-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTrainingJob.html: only jobs that have ended. */
export const deleteTrainingJob = operation("DeleteTrainingJob", {
  authorize: (input, context) => [aboutResource(context, "training-job", input.TrainingJobName)],
  handle: (input, context) => {
    const job = context.trainingJobs.get(keyOf(context, input.TrainingJobName ?? ""));
    if (!job) throw errors.jobToDeleteNotFound();
    if (!hasEnded(job)) throw errors.jobNotEnded(job.arn, job.status);
    context.trainingJobs.delete(keyOf(context, job.name));
    context.training.forget(job.arn);
    context.tags.forget(job.arn);
    return {};
  },
});
