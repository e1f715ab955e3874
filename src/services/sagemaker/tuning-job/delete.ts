import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireTuningJob, trialsOf } from "./require.ts";
import { hasEnded, trialKey } from "./tuning-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteHyperParameterTuningJob.html: its training jobs stay. */
export const deleteHyperParameterTuningJob = operation("DeleteHyperParameterTuningJob", {
  authorize: (input, context) => [aboutResource(context, "hyper-parameter-tuning-job", input.HyperParameterTuningJobName)],
  handle: (input, context) => {
    const job = requireTuningJob(context, input.HyperParameterTuningJobName ?? "");
    if (!hasEnded(job)) throw errors.tuningNotEnded(job.arn, job.status);
    const key = keyOf(context, job.name);
    for (const { number } of trialsOf(context, job)) context.trials.delete(trialKey(key, number));
    context.tuningJobs.delete(key);
    context.tags.forget(job.arn);
    return {};
  },
});
