import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireTrainingJob } from "./require.ts";
import { hasEnded } from "./training-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTrainingJob.html: only jobs that have ended. */
export const deleteTrainingJob = operation("DeleteTrainingJob", {
  authorize: (input, context) => {
    const arn = arnOf("training-job", context, input.TrainingJobName ?? "");
    return [{ action: "sagemaker:DeleteTrainingJob", resource: arn, resourceTags: context.tags.get(arn) }];
  },
  handle: (input, context) => {
    const job = requireTrainingJob(context, input.TrainingJobName ?? "");
    if (!hasEnded(job)) throw errors.jobNotEnded(job.arn, job.status);
    context.trainingJobs.delete(keyOf(context, job.name));
    context.training.forget(job.arn);
    context.tags.forget(job.arn);
    return {};
  },
});
