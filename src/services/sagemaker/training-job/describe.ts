import type { DebugRuleEvaluationStatus, DescribeTrainingJobResponse } from "@aws-sdk/client-sagemaker";
import { toDate, type Instant } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { operation } from "../context.ts";
import { DEFAULT_MAX_RUNTIME_SECONDS } from "../limits.ts";
import { requireTrainingJob } from "./require.ts";
import type { RuleRecord } from "./rules/configurations.ts";
import { billableSeconds, trainingSeconds, type TrainingJobRecord } from "./training-job.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
export const describeTrainingJob = operation("DescribeTrainingJob", {
  authorize: (input, context) => [aboutResource(context, "training-job", input.TrainingJobName)],
  handle: (input, context) => {
    return trainingJobDescription(requireTrainingJob(context, input.TrainingJobName ?? ""), context.clock.now());
  },
});

/** A job as it is described. */
export const trainingJobDescription = (job: TrainingJobRecord, now: Instant): DescribeTrainingJobResponse => ({ ...asAsked(job), ...asGone(job, now) });

/** What was asked for, with the defaults that AWS fills in. */
function asAsked({ request: { Tags: _tags, ...request }, metricDefinitions }: TrainingJobRecord): Partial<DescribeTrainingJobResponse> & Pick<DescribeTrainingJobResponse, "StoppingCondition"> {
  const { AlgorithmSpecification: algorithm, OutputDataConfig: output } = request;
  return {
    EnableNetworkIsolation: false,
    EnableInterContainerTrafficEncryption: false,
    EnableManagedSpotTraining: false,
    ProfilingStatus: request.ProfilerConfig !== undefined && request.ProfilerConfig.DisableProfiler !== true ? "Enabled" : "Disabled",
    ...request,
    StoppingCondition: request.StoppingCondition ?? { MaxRuntimeInSeconds: DEFAULT_MAX_RUNTIME_SECONDS },
    AlgorithmSpecification: {
      ...algorithm, TrainingInputMode: algorithm?.TrainingInputMode ?? "File", EnableSageMakerMetricsTimeSeries: algorithm?.EnableSageMakerMetricsTimeSeries ?? false,
      ...(metricDefinitions.length > 0 && { MetricDefinitions: metricDefinitions.map(({ name, regex }) => ({ Name: name, Regex: regex })) }),
    },
    InputDataConfig: request.InputDataConfig?.map((channel) => ({ CompressionType: "None", RecordWrapperType: "None", ...channel })),
    OutputDataConfig: { KmsKeyId: "", CompressionType: "GZIP", ...output, S3OutputPath: output?.S3OutputPath ?? "" },
  };
}

/** How the job has gone so far. */
function asGone(job: TrainingJobRecord, now: Instant): Omit<DescribeTrainingJobResponse, "StoppingCondition"> {
  return {
    TrainingJobName: job.name,
    TrainingJobArn: job.arn,
    ...(job.tuning !== undefined && { TuningJobArn: job.tuning.arn }),
    TrainingJobStatus: job.status,
    SecondaryStatus: secondary(job.secondary),
    SecondaryStatusTransitions: job.transitions.map(({ status, startedAt, endedAt, message }) => ({
      Status: secondary(status), StartTime: toDate(startedAt), ...(endedAt !== undefined && { EndTime: toDate(endedAt) }), StatusMessage: message,
    })),
    CreationTime: toDate(job.createdAt),
    LastModifiedTime: toDate(job.modifiedAt),
    ...(job.trainingStartedAt !== undefined && { TrainingStartTime: toDate(job.trainingStartedAt) }),
    ...(job.endedAt !== undefined && { TrainingEndTime: toDate(job.endedAt) }),
    ...(job.endedAt !== undefined && job.runs.length > 0 && { TrainingTimeInSeconds: trainingSeconds(job, now) }),
    ...(job.runs.length > 0 && { BillableTimeInSeconds: billableSeconds(job, now) }),
    ...statusesOf(job.rules ?? []),
    ...(job.failureReason !== undefined && { FailureReason: job.failureReason }),
    // Absent until there is an artifact, though the SDK's types say that it always is there.
    ModelArtifacts: job.artifact === undefined ? undefined : { S3ModelArtifacts: job.artifact },
    ...(job.finalMetrics.length > 0 && {
      FinalMetricDataList: job.finalMetrics.map(({ name, value, at }) => ({ MetricName: name, Value: value, Timestamp: toDate(at) })),
    }),
  };
}

/** The rules as they stand. They are no processing jobs here, and have no ARN of one. */
function statusesOf(rules: readonly RuleRecord[]): Pick<DescribeTrainingJobResponse, "DebugRuleEvaluationStatuses" | "ProfilerRuleEvaluationStatuses"> {
  const of = (kind: RuleRecord["kind"]): DebugRuleEvaluationStatus[] => rules.filter((rule) => rule.kind === kind).map(({ name, status, details, modifiedAt }) => ({
    RuleConfigurationName: name, RuleEvaluationStatus: status, ...(details !== undefined && { StatusDetails: details }), LastModifiedTime: toDate(modifiedAt),
  }));
  const [debug, profiler] = [of("debug"), of("profiler")];
  return { ...(debug.length > 0 && { DebugRuleEvaluationStatuses: debug }), ...(profiler.length > 0 && { ProfilerRuleEvaluationStatuses: profiler }) };
}

/** AWS's own names; two of them are missing in the SDK's type. */
const secondary = (status: TrainingJobRecord["secondary"]): NonNullable<DescribeTrainingJobResponse["SecondaryStatus"]> =>
  status as NonNullable<DescribeTrainingJobResponse["SecondaryStatus"]>;
