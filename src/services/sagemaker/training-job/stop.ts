import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireTrainingJob } from "./require.ts";
import { hasEnded } from "./training-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopTrainingJob.html */
export const stopTrainingJob = operation("StopTrainingJob", {
  authorize: (input, context) => [aboutResource(context, "training-job", input.TrainingJobName)],
  handle: (input, context) => {
    const job = requireTrainingJob(context, input.TrainingJobName ?? "");
    if (hasEnded(job)) throw errors.notRunning(job.status);
    if (job.status !== "Stopping") context.training.requestStop(keyOf(context, job.name));
    return {};
  },
});
