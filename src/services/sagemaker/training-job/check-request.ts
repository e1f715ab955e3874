import type { Channel, CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { SageMakerState, Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { refuseIf } from "../validate.ts";
import type { MetricDefinitions } from "../../../runtimes/training/index.ts";

/** Checks what a job asks for before anything is stored; gives the metric definitions that will read its log. */
export function checkRequest(request: CreateTrainingJobRequest, context: Strictness & Pick<SageMakerState, "training">): MetricDefinitions {
  for (const [demanded, ...refusal] of demandsOf(request)) refuseIf(demanded, context, refusal);
  for (const channel of request.InputDataConfig ?? []) {
    for (const [demanded, ...refusal] of channelDemands(channel, request)) refuseIf(demanded, context, refusal);
  }
  requireUniqueChannels(request.InputDataConfig ?? []);
  const image = request.AlgorithmSpecification?.TrainingImage;
  if (image === undefined) throw errors.invalid("AlgorithmSpecification.TrainingImage must be given: algorithm resources (AlgorithmName) are not supported by Sagebrush yet.");
  const runtime = context.training.findRuntime(image);
  if (runtime.kind === "refused") throw errors.unsupportedImage(runtime.reason);
  const own = (request.AlgorithmSpecification?.MetricDefinitions ?? []).map(({ Name = "", Regex = "" }) => ({ name: Name, regex: Regex }));
  if (runtime.metricDefinitions && own.length > 0) throw errors.algorithmMetrics();
  for (const { regex } of own) requireRegex(regex);
  return runtime.metricDefinitions ?? own;
}

type Demand = readonly [demanded: boolean, parameter: string, reason: string];

function demandsOf(request: CreateTrainingJobRequest): readonly Demand[] {
  const resources = request.ResourceConfig;
  return [
    [(resources?.InstanceCount ?? 1) > 1, "ResourceConfig.InstanceCount above 1", "training on several instances"],
    [(resources?.InstanceGroups?.length ?? 0) > 0, "ResourceConfig.InstanceGroups", "heterogeneous clusters"],
    [(resources?.KeepAlivePeriodInSeconds ?? 0) > 0, "ResourceConfig.KeepAlivePeriodInSeconds", "warm pools"],
    [resources?.TrainingPlanArn !== undefined, "ResourceConfig.TrainingPlanArn", "training plans"],
    [request.VpcConfig !== undefined, "VpcConfig", "network positions"],
    [request.EnableNetworkIsolation === true, "EnableNetworkIsolation", "network isolation"],
    [request.EnableManagedSpotTraining === true, "EnableManagedSpotTraining", "managed spot training"],
    [request.CheckpointConfig !== undefined, "CheckpointConfig", "checkpoints"],
    [(request.DebugHookConfig?.CollectionConfigurations?.length ?? 0) > 0, "DebugHookConfig.CollectionConfigurations", "tensor collection"],
    [(request.DebugRuleConfigurations?.length ?? 0) > 0, "DebugRuleConfigurations", "debugger rules"],
    [(request.ProfilerRuleConfigurations?.length ?? 0) > 0, "ProfilerRuleConfigurations", "profiler rules"],
    [request.TensorBoardOutputConfig !== undefined, "TensorBoardOutputConfig", "TensorBoard output"],
    [request.ExperimentConfig !== undefined && Object.keys(request.ExperimentConfig).length > 0, "ExperimentConfig", "experiments"],
    [request.RemoteDebugConfig?.EnableRemoteDebug === true, "RemoteDebugConfig", "remote debugging"],
    [request.InfraCheckConfig?.EnableInfraCheck === true, "InfraCheckConfig", "infrastructure checks"],
    [(request.RetryStrategy?.MaximumRetryAttempts ?? 0) > 1, "RetryStrategy", "retries of failed jobs"],
    [request.OutputDataConfig?.CompressionType === "NONE", "OutputDataConfig.CompressionType NONE", "uncompressed artifacts"],
    [(request.AlgorithmSpecification?.TrainingInputMode ?? "File") !== "File", `TrainingInputMode ${request.AlgorithmSpecification?.TrainingInputMode ?? ""}`, "input modes other than File"],
    [(request.AlgorithmSpecification?.ContainerEntrypoint?.length ?? 0) > 0, "AlgorithmSpecification.ContainerEntrypoint", "entry points of container images"],
  ];
}

function channelDemands({ ChannelName: name = "", DataSource, InputMode, CompressionType, RecordWrapperType, ShuffleConfig }: Channel, _request: CreateTrainingJobRequest): readonly Demand[] {
  const source = DataSource?.S3DataSource;
  const at = `InputDataConfig channel ${name}:`;
  return [
    [DataSource?.FileSystemDataSource !== undefined, `${at} FileSystemDataSource`, "file systems as input"],
    [source === undefined, `${at} DataSource`, "sources other than S3"],
    [source !== undefined && source.S3DataType !== "S3Prefix", `${at} S3DataType ${source?.S3DataType ?? ""}`, "manifest files"],
    [(InputMode ?? "File") !== "File", `${at} InputMode ${InputMode ?? ""}`, "input modes other than File"],
    [(CompressionType ?? "None") !== "None", `${at} CompressionType ${CompressionType ?? ""}`, "compressed input"],
    [(RecordWrapperType ?? "None") !== "None", `${at} RecordWrapperType ${RecordWrapperType ?? ""}`, "record wrapping"],
    [ShuffleConfig !== undefined, `${at} ShuffleConfig`, "shuffled input"],
  ];
}

function requireUniqueChannels(channels: readonly Channel[]): void {
  const names = channels.map(({ ChannelName }) => ChannelName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw errors.invalid(`Duplicate channel name in InputDataConfig: ${twice}`);
}

function requireRegex(text: string): void {
  try {
    new RegExp(text);
  } catch {
    throw errors.invalid(`Invalid regular expression in MetricDefinitions: ${text}`);
  }
}
