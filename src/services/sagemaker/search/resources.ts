import type { Endpoint, HyperParameterTuningJobSearchEntity, ResourceType, SearchRecord, TrainingJob } from "@aws-sdk/client-sagemaker";
import type { RequestContext } from "../../../wire/service.ts";
import { prefixOf } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { endpointDescription } from "../endpoint/describe.ts";
import { tagList } from "../tags/tags.ts";
import { trainingJobDescription } from "../training-job/describe.ts";
import { tuningJobDescription } from "../tuning-job/describe.ts";

type Context = SageMakerState & RequestContext;

/** One resource as a search sees it, and as it is answered. */
export interface Found {
  readonly name: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly record: SearchRecord;
}

/** A resource that can be searched: its properties, of which the compiler knows when the SDK has others, and its records. */
interface Searchable {
  readonly properties: readonly string[];
  readonly all: (context: Context) => readonly Found[];
}

const TRAINING_JOB = {
  TrainingJobName: true, TrainingJobArn: true, TuningJobArn: true, LabelingJobArn: true, AutoMLJobArn: true, ModelArtifacts: true, TrainingJobStatus: true, SecondaryStatus: true, FailureReason: true,
  HyperParameters: true, AlgorithmSpecification: true, RoleArn: true, InputDataConfig: true, OutputDataConfig: true, ResourceConfig: true, WarmPoolStatus: true, VpcConfig: true, StoppingCondition: true,
  CreationTime: true, TrainingStartTime: true, TrainingEndTime: true, LastModifiedTime: true, SecondaryStatusTransitions: true, FinalMetricDataList: true, EnableNetworkIsolation: true,
  EnableInterContainerTrafficEncryption: true, EnableManagedSpotTraining: true, CheckpointConfig: true, TrainingTimeInSeconds: true, BillableTimeInSeconds: true, DebugHookConfig: true, ExperimentConfig: true,
  DebugRuleConfigurations: true, TensorBoardOutputConfig: true, DebugRuleEvaluationStatuses: true, OutputModelPackageArn: true, ModelPackageConfig: true, ProfilerConfig: true, Environment: true, RetryStrategy: true, Tags: true,
} as const satisfies Record<keyof TrainingJob, true>;

const TUNING_JOB = {
  HyperParameterTuningJobName: true, HyperParameterTuningJobArn: true, HyperParameterTuningJobConfig: true, TrainingJobDefinition: true, TrainingJobDefinitions: true, HyperParameterTuningJobStatus: true,
  CreationTime: true, HyperParameterTuningEndTime: true, LastModifiedTime: true, TrainingJobStatusCounters: true, ObjectiveStatusCounters: true, BestTrainingJob: true, OverallBestTrainingJob: true,
  WarmStartConfig: true, FailureReason: true, TuningJobCompletionDetails: true, ConsumedResources: true, Tags: true,
} as const satisfies Record<keyof HyperParameterTuningJobSearchEntity, true>;

const ENDPOINT = {
  EndpointName: true, EndpointArn: true, EndpointConfigName: true, ProductionVariants: true, DataCaptureConfig: true, EndpointStatus: true, FailureReason: true, CreationTime: true, LastModifiedTime: true,
  MonitoringSchedules: true, Tags: true, ShadowProductionVariants: true,
} as const satisfies Record<keyof Endpoint, true>;

interface Named {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

/** What a description has beyond the search's own shape (Describe tells more) is left out. */
function found(context: Context, { name, arn, createdAt, modifiedAt }: Named, kind: { readonly key: "TrainingJob" | "HyperParameterTuningJob" | "Endpoint"; readonly shape: Readonly<Record<string, true>>; readonly description: object }): Found {
  const tags = tagList(context.tags.get(arn));
  const properties = { ...Object.fromEntries(Object.entries(kind.description).filter(([property]) => Object.hasOwn(kind.shape, property))), ...(tags.length > 0 && { Tags: tags }) };
  return { name, createdAt, modifiedAt, properties, record: { [kind.key]: properties } };
}

/** By the name that Search's Resource has. */
export const SEARCHABLE: Readonly<Partial<Record<ResourceType, Searchable>>> = {
  TrainingJob: {
    properties: [...Object.keys(TRAINING_JOB), "Metrics"],
    all: (context) => context.trainingJobs.values({ prefix: prefixOf(context) }).map((job) => found(context, job, { key: "TrainingJob", shape: TRAINING_JOB, description: trainingJobDescription(job, context.clock.now()) })),
  },
  HyperParameterTuningJob: {
    properties: Object.keys(TUNING_JOB),
    all: (context) => context.tuningJobs.values({ prefix: prefixOf(context) }).map((job) => found(context, job, { key: "HyperParameterTuningJob", shape: TUNING_JOB, description: tuningJobDescription(context, job) })),
  },
  Endpoint: {
    properties: Object.keys(ENDPOINT),
    all: (context) => context.endpoints.values({ prefix: prefixOf(context) }).map((endpoint) => found(context, endpoint, { key: "Endpoint", shape: ENDPOINT, description: endpointDescription(context, endpoint) })),
  },
};
