import type { DescribeHyperParameterTuningJobResponse, HyperParameterTrainingJobDefinition } from "@aws-sdk/client-sagemaker";
import { toDate } from "../../../base/instant.ts";
import { countNotImproving } from "../../../decide/tuning/index.ts";
import { aboutResource } from "../access.ts";
import type { RequestContext } from "../../../wire/service.ts";
import { keyOf, type Place } from "../arns.ts";
import { operation, type SageMakerState } from "../context.ts";
import { billableSeconds } from "../training-job/training-job.ts";
import { OBJECTIVE_HYPERPARAMETER } from "./definitions.ts";
import type { Definition, TuningJobRecord } from "./tuning-job.ts";
import { requireTuningJob, trialsOf } from "./require.ts";
import { countersOf, trialSummary } from "./summary.ts";
import { asFacts, bestTrial } from "./trials.ts";
import { parentTrials } from "./warm-start.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html */
export const describeHyperParameterTuningJob = operation("DescribeHyperParameterTuningJob", {
  authorize: (input, context) => [aboutResource(context, "hyper-parameter-tuning-job", input.HyperParameterTuningJobName)],
  handle: (input, context): DescribeHyperParameterTuningJobResponse => tuningJobDescription(context, requireTuningJob(context, input.HyperParameterTuningJobName ?? "")),
});

/** A tuning job as it is described. */
export function tuningJobDescription(context: Pick<SageMakerState, "trials" | "tuningJobs" | "trainingJobs"> & Place & Pick<RequestContext, "clock">, job: TuningJobRecord): DescribeHyperParameterTuningJobResponse {
  const trials = trialsOf(context, job);
  const { Tags: _tags, HyperParameterTuningJobConfig: config, TrainingJobDefinition: single, TrainingJobDefinitions: several, ...request } = job.request;
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
    ...(single !== undefined && { TrainingJobDefinition: completed(single, job.definitions[0]) }),
    ...(several !== undefined && { TrainingJobDefinitions: several.map((definition, index) => completed(definition, job.definitions[index])) }),
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
}

/**
 * The definition with what the service adds: its own static hyperparameter, and ResourceConfig where HyperParameterTuningResourceConfig was given. The Python
 * SDK's `HyperparameterTuner.attach` needs both (tuner.py, `_prepare_estimator_from_job_description`).
 */
function completed(given: HyperParameterTrainingJobDefinition, definition: Definition | undefined): HyperParameterTrainingJobDefinition {
  if (definition === undefined) return given;
  return {
    ...given, ResourceConfig: definition.request.ResourceConfig,
    StaticHyperParameters: { ...given.StaticHyperParameters, [OBJECTIVE_HYPERPARAMETER]: definition.objective.metric },
  };
}
