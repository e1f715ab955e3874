import type { DescribeTrainingJobResponse } from "@aws-sdk/client-sagemaker";
import { toDate, type Instant } from "../../../base/instant.ts";
import { arnOf } from "../arns.ts";
import { operation } from "../context.ts";
import { billableSeconds, type TrainingJobRecord } from "./training-job.ts";
import { DEFAULT_MAX_RUNTIME_SECONDS } from "../limits.ts";
import { requireTrainingJob } from "./require.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
export const describeTrainingJob = operation("DescribeTrainingJob", {
  authorize: (input, context) => {
    const arn = arnOf("training-job", context, input.TrainingJobName ?? "");
    return [{ action: "sagemaker:DescribeTrainingJob", resource: arn, resourceTags: context.tags.get(arn) }];
  },
  handle: (input, context) => describe(requireTrainingJob(context, input.TrainingJobName ?? ""), context.clock.now()),
});

function describe(job: TrainingJobRecord, now: Instant): DescribeTrainingJobResponse {
  const { Tags: _tags, ...request } = job.request;
  return {
    ...request,
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    TrainingJobStatus: job.status,
    SecondaryStatus: job.secondary as NonNullable<DescribeTrainingJobResponse["SecondaryStatus"]>,
    SecondaryStatusTransitions: job.transitions.map(({ status, startedAt, endedAt, message }) => ({
      Status: status as NonNullable<DescribeTrainingJobResponse["SecondaryStatus"]>,
      StartTime: toDate(startedAt),
      ...(endedAt !== undefined && { EndTime: toDate(endedAt) }),
      StatusMessage: message,
    })),
    CreationTime: toDate(job.createdAt),
    LastModifiedTime: toDate(job.modifiedAt),
    StoppingCondition: request.StoppingCondition ?? { MaxRuntimeInSeconds: DEFAULT_MAX_RUNTIME_SECONDS },
    EnableNetworkIsolation: false,
    EnableInterContainerTrafficEncryption: false,
    EnableManagedSpotTraining: false,
    ...(job.trainingStartedAt !== undefined && { TrainingStartTime: toDate(job.trainingStartedAt) }),
    ...(job.endedAt !== undefined && { TrainingEndTime: toDate(job.endedAt) }),
    ...(job.endedAt !== undefined && job.trainingStartedAt !== undefined && { TrainingTimeInSeconds: Math.ceil((job.endedAt - job.trainingStartedAt) / 1000) }),
    ...(job.runs.length > 0 && { BillableTimeInSeconds: billableSeconds(job, now) }),
    ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
    // Absent until there is an artifact, though the SDK's types say that it always is there.
    ModelArtifacts: job.artifact === undefined ? undefined : { S3ModelArtifacts: job.artifact },
    ...(job.finalMetrics.length > 0 && {
      FinalMetricDataList: job.finalMetrics.map(({ name, value, at }) => ({ MetricName: name, Value: value, Timestamp: toDate(at) })),
    }),
  };
}
