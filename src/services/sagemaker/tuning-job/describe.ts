import type { DescribeHyperParameterTuningJobResponse } from "@aws-sdk/client-sagemaker";
import { toDate } from "../../../base/instant.ts";
import { countNotImproving } from "../../../decide/tuning/index.ts";
import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { billableSeconds } from "../training-job/training-job.ts";
import { requireTuningJob, trialsOf } from "./require.ts";
import { countersOf, trialSummary } from "./summary.ts";
import { asFacts, bestTrial } from "./trials.ts";
import { parentTrials } from "./warm-start.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html */
export const describeHyperParameterTuningJob = operation("DescribeHyperParameterTuningJob", {
  authorize: (input, context) => [aboutResource(context, "hyper-parameter-tuning-job", input.HyperParameterTuningJobName)],
  handle: (input, context): DescribeHyperParameterTuningJobResponse => {
    const job = requireTuningJob(context, input.HyperParameterTuningJobName ?? "");
    const trials = trialsOf(context, job);
    const { Tags: _tags, HyperParameterTuningJobConfig: config, ...request } = job.request;
    const trainingJob = (name: string): ReturnType<typeof context.trainingJobs.get> => context.trainingJobs.get(keyOf(job, name));
    const best = bestTrial(job, trials);
    const warm = request.WarmStartConfig;
    // AWS gives it for the identical form alone: transfer learning compares different data.
    const overall = warm?.WarmStartType === "IdenticalDataAndAlgorithm" ? bestTrial(job, [...parentTrials(context, job), ...trials]) : undefined;
    const now = context.clock.now();
    const runtime = trials.reduce((sum, { trainingJob: name }) => {
      const trained = trainingJob(name);
      return sum + (trained === undefined || trained.runs.length === 0 ? 0 : billableSeconds(trained, now));
    }, 0);
    return {
      ...request,
      HyperParameterTuningJobConfig: { TrainingJobEarlyStoppingType: "Off", ...config, Strategy: config?.Strategy, ResourceLimits: config?.ResourceLimits },
      HyperParameterTuningJobName: job.name,
      HyperParameterTuningJobArn: job.arn,
      HyperParameterTuningJobStatus: job.status,
      CreationTime: toDate(job.createdAt),
      LastModifiedTime: toDate(job.modifiedAt),
      ...(job.endedAt !== undefined && { HyperParameterTuningEndTime: toDate(job.endedAt) }),
      ...countersOf(trials),
      ...(best !== undefined && { BestTrainingJob: trialSummary(job, best, undefined) }),
      ...(overall !== undefined && { OverallBestTrainingJob: { ...trialSummary(job, overall, undefined), TuningJobName: overall.tuningJob } }),
      ...(job.status === "Failed" && { FailureReason: job.reason }),
      TuningJobCompletionDetails: { NumberOfTrainingJobsObjectiveNotImproving: countNotImproving(job.definitions[0]?.objective.direction ?? "Minimize", trials.map(asFacts)) },
      ConsumedResources: { RuntimeInSeconds: runtime },
    };
  },
});
