import type { Channel, CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import { checkpointFolder } from "./checkpoints.ts";
import { instancesOf } from "./instances.ts";

/** A parameter, whether the request demands something by it, and what that is. Empty and default values demand nothing. */
type Demand = readonly [demanded: boolean, parameter: string, reason: string];

const some = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0;
const said = (text: string | undefined): boolean => (text ?? "") !== "";

/** What a job may ask for and is not there yet. */
export function demandsOf(request: CreateTrainingJobRequest): readonly Demand[] {
  return [...machineDemands(request), ...watchingDemands(request), ...algorithmDemands(request)];
}

function machineDemands({ ResourceConfig: resources, ...request }: CreateTrainingJobRequest): readonly Demand[] {
  return [
    ...distributionDemands(request.HyperParameters ?? {}),
    [(resources?.KeepAlivePeriodInSeconds ?? 0) > 0, "ResourceConfig.KeepAlivePeriodInSeconds", "warm pools"],
    [said(resources?.TrainingPlanArn), "ResourceConfig.TrainingPlanArn", "training plans"],
    [said(resources?.VolumeKmsKeyId), "ResourceConfig.VolumeKmsKeyId", "encryption with keys of yours"],
    [said(request.OutputDataConfig?.KmsKeyId), "OutputDataConfig.KmsKeyId", "encryption with keys of yours"],
    [request.StoppingCondition?.MaxPendingTimeInSeconds !== undefined, "StoppingCondition.MaxPendingTimeInSeconds", "bounds of the time that a job waits for room"],
    [some(request.VpcConfig?.Subnets), "VpcConfig", "network positions"],
    [request.EnableInterContainerTrafficEncryption === true && instancesOf(resources).length > 1, "EnableInterContainerTrafficEncryption", "encryption of what instances say to one another"],
    [request.CheckpointConfig !== undefined && checkpointFolder(request.CheckpointConfig) === undefined, "CheckpointConfig.LocalPath", "checkpoints outside /opt/ml"],
    [request.InfraCheckConfig?.EnableInfraCheck === true, "InfraCheckConfig", "infrastructure checks"],
    [request.ServerlessJobConfig !== undefined, "ServerlessJobConfig", "serverless training"],
    [request.SessionChainingConfig?.EnableSessionTagChaining === true, "SessionChainingConfig", "session tags in jobs"],
  ];
}

/** What the SageMaker Python SDK's `distribution=` turns into; torch_distributed and pytorchddp are done. */
const distributionDemands = (hyperparameters: Readonly<Record<string, string>>): readonly Demand[] =>
  ["sagemaker_mpi_enabled", "sagemaker_distributed_dataparallel_enabled", "sagemaker_parameter_server_enabled", "sagemaker_multi_worker_mirrored_strategy_enabled"]
    .map((name) => [hyperparameters[name] === "true", `HyperParameters ${name}`, "distributions other than torch_distributed and pytorchddp"]);

function watchingDemands(request: CreateTrainingJobRequest): readonly Demand[] {
  return [
    [request.TensorBoardOutputConfig !== undefined, "TensorBoardOutputConfig", "TensorBoard output"],
    // A display name alone needs neither: it is described back.
    [["ExperimentName", "TrialName", "RunName"].some((name) => Object.hasOwn(request.ExperimentConfig ?? {}, name)), "ExperimentConfig with ExperimentName, TrialName or RunName", "experiments and trials"],
    [request.RemoteDebugConfig?.EnableRemoteDebug === true, "RemoteDebugConfig", "remote debugging"],
    [request.MlflowConfig !== undefined, "MlflowConfig", "MLflow"],
    [request.ModelPackageConfig !== undefined, "ModelPackageConfig", "model packages"],
  ];
}

function algorithmDemands({ AlgorithmSpecification: algorithm, OutputDataConfig: output }: CreateTrainingJobRequest): readonly Demand[] {
  return [
    [output?.CompressionType === "NONE", "OutputDataConfig.CompressionType NONE", "uncompressed artifacts"],
    [some(algorithm?.ContainerArguments) && !some(algorithm?.ContainerEntrypoint), "AlgorithmSpecification.ContainerArguments without ContainerEntrypoint", "arguments of an image's own entry point"],
    [algorithm?.TrainingImageConfig?.TrainingRepositoryAccessMode === "Vpc", "AlgorithmSpecification.TrainingImageConfig", "private registries"],
  ];
}

/** What one channel may ask for and is not there yet. */
export function channelDemands({ ChannelName: name = "", DataSource }: Channel): readonly Demand[] {
  const source = DataSource?.S3DataSource;
  const at = `InputDataConfig channel ${name}:`;
  return [
    [DataSource?.FileSystemDataSource !== undefined, `${at} FileSystemDataSource`, "file systems as input"],
    [source === undefined, `${at} DataSource`, "sources other than S3"],
    [source !== undefined && !["S3Prefix", "ManifestFile", "AugmentedManifestFile"].includes(source.S3DataType ?? ""), `${at} S3DataType ${source?.S3DataType ?? ""}`, "data in a form of its own"],
  ];
}
