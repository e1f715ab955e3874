import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireTuningJob } from "./require.ts";
import { hasEnded } from "./tuning-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StopHyperParameterTuningJob.html: and its training jobs that run. */
export const stopHyperParameterTuningJob = operation("StopHyperParameterTuningJob", {
  authorize: (input, context) => [aboutResource(context, "hyper-parameter-tuning-job", input.HyperParameterTuningJobName)],
  handle: (input, context) => {
    const job = requireTuningJob(context, input.HyperParameterTuningJobName ?? "");
    if (hasEnded(job)) throw errors.tuningNotRunning(job.status);
    if (job.status !== "Stopping") context.tuner.requestStop(keyOf(context, job.name));
    return {};
  },
});
