import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { OperationInput } from "../../../wire/service.ts";
import type { Creation } from "../access.ts";

/**
 * The condition keys that CreateTrainingJob supplies to IAM beside its tags.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function trainingConditions(input: OperationInput<typeof import("@aws-sdk/client-sagemaker"), "CreateTrainingJob">): NonNullable<Creation["conditions"]> {
  const { ResourceConfig: resources, OutputDataConfig: output, StoppingCondition: stopping, VpcConfig: vpc, ...request } = input as CreateTrainingJobRequest;
  const files = (request.InputDataConfig ?? []).flatMap(({ DataSource }) => DataSource?.FileSystemDataSource ?? []);
  return {
    "sagemaker:InstanceTypes": [...(resources?.InstanceType === undefined ? [] : [resources.InstanceType]), ...(resources?.InstanceGroups ?? []).flatMap(({ InstanceType }) => InstanceType ?? [])],
    "sagemaker:MaxRuntimeInSeconds": stopping?.MaxRuntimeInSeconds?.toString(),
    "sagemaker:KeepAlivePeriod": resources?.KeepAlivePeriodInSeconds?.toString(),
    "sagemaker:OutputKmsKeyArn": output?.KmsKeyId,
    "sagemaker:VolumeKmsKeyArn": resources?.VolumeKmsKeyId,
    "sagemaker:InterContainerTrafficEncryption": request.EnableInterContainerTrafficEncryption?.toString(),
    "sagemaker:NetworkIsolation": request.EnableNetworkIsolation?.toString(),
    "sagemaker:EnableRemoteDebug": request.RemoteDebugConfig?.EnableRemoteDebug?.toString(),
    "sagemaker:VpcSubnets": vpc?.Subnets,
    "sagemaker:VpcSecurityGroupIds": vpc?.SecurityGroupIds,
    "sagemaker:FileSystemId": files.flatMap(({ FileSystemId }) => FileSystemId ?? []),
    "sagemaker:FileSystemType": files.flatMap(({ FileSystemType }) => FileSystemType ?? []),
    "sagemaker:FileSystemAccessMode": files.flatMap(({ FileSystemAccessMode }) => FileSystemAccessMode ?? []),
    "sagemaker:FileSystemDirectoryPath": files.flatMap(({ DirectoryPath }) => DirectoryPath ?? []),
  };
}
