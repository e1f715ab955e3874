import type { CreateNotebookInstanceInput } from "@aws-sdk/client-sagemaker";
import { passRole } from "../../../wire/access.ts";
import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireOwnRole, requireRole, SERVICE } from "../validate.ts";
import { checkRequest, DEFAULT_VOLUME_GB } from "./check-request.ts";
import { requireNotebook, requireState } from "./require.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html */
export const updateNotebookInstance = operation("UpdateNotebookInstance", {
  authorize: (input, context) => {
    const question = aboutResource(context, "notebook-instance", input.NotebookInstanceName);
    const conditions = {
      ...(input.InstanceType !== undefined && { "sagemaker:InstanceTypes": [input.InstanceType] }),
      ...(input.RootAccess !== undefined && { "sagemaker:RootAccess": input.RootAccess }),
    };
    return [{ ...question, conditions }, ...(input.RoleArn === undefined ? [] : [passRole(input.RoleArn, SERVICE)])];
  },
  handle: async (input, context) => {
    const notebook = requireNotebook(context, input.NotebookInstanceName);
    requireState(notebook, "update-requested");
    checkRequest(input, context);
    const size = notebook.request.VolumeSizeInGB ?? DEFAULT_VOLUME_GB;
    if (input.VolumeSizeInGB !== undefined && input.VolumeSizeInGB < size) throw errors.invalid(`Requested volume size ${input.VolumeSizeInGB} GB is smaller than the existing volume size ${size} GB. Volumes cannot shrink.`);
    if (input.RoleArn !== undefined) {
      requireOwnRole(input.RoleArn, context.account);
      await requireRole(context.house.assumeRole, { roleArn: input.RoleArn, sessionName: "SageMaker", sourceArn: notebook.arn });
      // Another request may have come meanwhile.
      requireState(requireNotebook(context, notebook.name), "update-requested");
    }
    const { LifecycleConfigName: kept, ...request } = notebook.request;
    const lifecycle = input.DisassociateLifecycleConfig === true ? undefined : input.LifecycleConfigName ?? kept;
    const changed: CreateNotebookInstanceInput = {
      ...request, ...(lifecycle !== undefined && { LifecycleConfigName: lifecycle }), ...(input.InstanceType !== undefined && { InstanceType: input.InstanceType }),
      ...(input.RoleArn !== undefined && { RoleArn: input.RoleArn }), ...(input.VolumeSizeInGB !== undefined && { VolumeSizeInGB: input.VolumeSizeInGB }),
      ...(input.RootAccess !== undefined && { RootAccess: input.RootAccess }), ...(input.PlatformIdentifier !== undefined && { PlatformIdentifier: input.PlatformIdentifier }),
      ...(input.IpAddressType !== undefined && { IpAddressType: input.IpAddressType }),
      ...(input.InstanceMetadataServiceConfiguration !== undefined && { InstanceMetadataServiceConfiguration: input.InstanceMetadataServiceConfiguration }),
    };
    const key = keyOf(context, notebook.name);
    context.house.apply(key, { kind: "update-requested" });
    context.house.apply(key, { kind: "updated", request: changed });
    return {};
  },
});
