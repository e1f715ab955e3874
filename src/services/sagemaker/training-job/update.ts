import type { UpdateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { parseS3Uri, refuseIf } from "../validate.ts";
import { requireTrainingJob } from "./require.ts";
import { rulesOf, type RuleRecord } from "./rules/configurations.ts";
import { hasEnded, type TrainingJobRecord } from "./training-job.ts";

/**
 * Changes what is watched of a job that runs: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateTrainingJob.html. Rules are added to the
 * job's; with DisableProfiler the profiler's rules are stopped.
 */
export const updateTrainingJob = operation("UpdateTrainingJob", {
  authorize: (input, context) => [{
    ...aboutResource(context, "training-job", input.TrainingJobName),
    conditions: {
      ...(input.ResourceConfig?.KeepAlivePeriodInSeconds !== undefined && { "sagemaker:KeepAlivePeriod": String(input.ResourceConfig.KeepAlivePeriodInSeconds) }),
      ...(input.RemoteDebugConfig?.EnableRemoteDebug !== undefined && { "sagemaker:EnableRemoteDebug": String(input.RemoteDebugConfig.EnableRemoteDebug) }),
    },
  }],
  handle: (input, context) => {
    const job = requireTrainingJob(context, input.TrainingJobName ?? "");
    refuseIf((input.ResourceConfig?.KeepAlivePeriodInSeconds ?? 0) > 0, context, ["ResourceConfig.KeepAlivePeriodInSeconds", "warm pools"]);
    refuseIf(input.RemoteDebugConfig?.EnableRemoteDebug === true, context, ["RemoteDebugConfig", "remote debugging"]);
    if (input.ProfilerConfig?.S3OutputPath !== undefined) parseS3Uri(input.ProfilerConfig.S3OutputPath);
    // The sentence is StopTrainingJob's; we found no page that quotes AWS's for this operation.
    if (hasEnded(job) || job.status === "Stopping") throw errors.notRunning(job.status);
    const now = context.clock.now();
    context.trainingJobs.update(keyOf(context, job.name), (present) => updated(present, input, now));
    return { TrainingJobArn: job.arn };
  },
});

function updated(job: TrainingJobRecord, { ProfilerConfig: profiler, ProfilerRuleConfigurations: added = [] }: UpdateTrainingJobRequest, now: Instant): TrainingJobRecord {
  const ProfilerConfig = profiler === undefined ? job.request.ProfilerConfig : { ...job.request.ProfilerConfig, ...profiler };
  const ProfilerRuleConfigurations = [...(job.request.ProfilerRuleConfigurations ?? []), ...added];
  const request = {
    ...job.request, ...(ProfilerConfig !== undefined && { ProfilerConfig }), ...(ProfilerRuleConfigurations.length > 0 && { ProfilerRuleConfigurations }),
  };
  // Names that are there already are refused with all the rules in sight.
  const present = new Map((job.rules ?? []).map((rule) => [rule.name, rule]));
  const rules = rulesOf(request, now).map((rule) => stoppedIf(profiler?.DisableProfiler === true, present.get(rule.name) ?? rule, now));
  return { ...job, request, modifiedAt: now, ...(rules.length > 0 && { rules }) };
}

const stoppedIf = (disabled: boolean, rule: RuleRecord, modifiedAt: Instant): RuleRecord =>
  (disabled && rule.kind === "profiler" && rule.status === "InProgress" ? { ...rule, status: "Stopped", modifiedAt } : rule);
