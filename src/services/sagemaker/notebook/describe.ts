import { toDate } from "../../../base/instant.ts";
import { aboutResource } from "../access.ts";
import { operation } from "../context.ts";
import { keyOf } from "../arns.ts";
import { DEFAULT_VOLUME_GB } from "./check-request.ts";
import { requireNotebook } from "./require.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeNotebookInstance.html */
export const describeNotebookInstance = operation("DescribeNotebookInstance", {
  authorize: (input, context) => [aboutResource(context, "notebook-instance", input.NotebookInstanceName)],
  handle: (input, context) => {
    const { name, arn, status, request, createdAt, modifiedAt, failureReason, finding } = requireNotebook(context, input.NotebookInstanceName);
    const url = context.house.address(keyOf(context, name));
    // A kernel that died is told here, where people look: AWS has no place for it.
    const reason = failureReason ?? finding;
    return {
      NotebookInstanceArn: arn, NotebookInstanceName: name, NotebookInstanceStatus: status,
      ...(reason !== undefined && { FailureReason: reason }),
      ...(url !== undefined && { Url: url }),
      InstanceType: request.InstanceType, RoleArn: request.RoleArn,
      LastModifiedTime: toDate(modifiedAt), CreationTime: toDate(createdAt),
      ...(request.LifecycleConfigName !== undefined && { NotebookInstanceLifecycleConfigName: request.LifecycleConfigName }),
      DirectInternetAccess: "Enabled" as const, RootAccess: request.RootAccess ?? "Enabled" as const,
      VolumeSizeInGB: request.VolumeSizeInGB ?? DEFAULT_VOLUME_GB,
      ...(request.PlatformIdentifier !== undefined && { PlatformIdentifier: request.PlatformIdentifier }),
      ...(request.IpAddressType !== undefined && { IpAddressType: request.IpAddressType }),
      ...(request.InstanceMetadataServiceConfiguration !== undefined && { InstanceMetadataServiceConfiguration: request.InstanceMetadataServiceConfiguration }),
    };
  },
});
