import type { HyperParameterTrainingJobSummary, HyperParameterTuningJobSummary, ObjectiveStatusCounters, TrainingJobStatus, TrainingJobStatusCounters } from "@aws-sdk/client-sagemaker";
import { toDate } from "../../../base/instant.ts";
import type { TrainingJobRecord } from "../training-job/training-job.ts";
import { objectiveOf } from "./trials.ts";
import type { TrialRecord, TuningJobRecord } from "./tuning-job.ts";

type TrainingFacts = Pick<TrainingJobRecord, "status" | "trainingStartedAt">;

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobSummary.html; `running` is the training job's record while it runs. */
export function trialSummary(job: TuningJobRecord, trial: TrialRecord, running: TrainingFacts | undefined): HyperParameterTrainingJobSummary {
  const { end } = trial;
  const objective = objectiveOf(job, trial);
  const startedAt = end === undefined ? running?.trainingStartedAt : end.startedAt;
  return {
    ...(trial.definition !== "" && { TrainingJobDefinitionName: trial.definition }),
    TrainingJobName: trial.trainingJob,
    TrainingJobArn: trial.trainingJobArn,
    CreationTime: toDate(trial.createdAt),
    ...(startedAt !== undefined && { TrainingStartTime: toDate(startedAt) }),
    ...(end !== undefined && { TrainingEndTime: toDate(end.endedAt) }),
    TrainingJobStatus: statusOf(trial, running),
    TunedHyperParameters: trial.values,
    ...(end?.failureReason !== undefined && { FailureReason: end.failureReason }),
    ...(end?.objective !== undefined && objective !== undefined && {
      FinalHyperParameterTuningJobObjectiveMetric: { Type: objective.direction, MetricName: objective.metric, Value: end.objective },
    }),
    ObjectiveStatus: objectiveStatus(trial),
  };
}

export const statusOf = ({ end }: TrialRecord, running: TrainingFacts | undefined): TrainingJobStatus => end?.status ?? running?.status ?? "InProgress";

/** Evaluated are training jobs that ended Completed or Stopped with a value of the objective. */
function objectiveStatus({ end }: TrialRecord): "Succeeded" | "Pending" | "Failed" {
  if (end === undefined) return "Pending";
  return end.status !== "Failed" && end.objective !== undefined ? "Succeeded" : "Failed";
}

export interface Counters {
  readonly TrainingJobStatusCounters: Required<TrainingJobStatusCounters>;
  readonly ObjectiveStatusCounters: Required<ObjectiveStatusCounters>;
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TrainingJobStatusCounters.html: faults of the service could be tried again. */
export function countersOf(trials: readonly TrialRecord[]): Counters {
  const jobs = { Completed: 0, InProgress: 0, RetryableError: 0, NonRetryableError: 0, Stopped: 0 };
  const objectives = { Succeeded: 0, Pending: 0, Failed: 0 };
  for (const trial of trials) {
    objectives[objectiveStatus(trial)] += 1;
    if (trial.end === undefined) jobs.InProgress += 1;
    else if (trial.end.status !== "Failed") jobs[trial.end.status] += 1;
    else jobs[trial.end.failureReason?.startsWith("InternalServerError") === true ? "RetryableError" : "NonRetryableError"] += 1;
  }
  return { TrainingJobStatusCounters: jobs, ObjectiveStatusCounters: objectives };
}

export const tuningSummary = (job: TuningJobRecord, trials: readonly TrialRecord[]): HyperParameterTuningJobSummary => ({
  HyperParameterTuningJobName: job.name,
  HyperParameterTuningJobArn: job.arn,
  HyperParameterTuningJobStatus: job.status,
  Strategy: job.request.HyperParameterTuningJobConfig?.Strategy,
  CreationTime: toDate(job.createdAt),
  LastModifiedTime: toDate(job.modifiedAt),
  ...(job.endedAt !== undefined && { HyperParameterTuningEndTime: toDate(job.endedAt) }),
  ...countersOf(trials),
  ResourceLimits: job.request.HyperParameterTuningJobConfig?.ResourceLimits,
});
