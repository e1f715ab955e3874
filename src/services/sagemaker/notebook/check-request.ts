import type { CreateNotebookInstanceInput } from "@aws-sdk/client-sagemaker";
import { keyOf, type Place } from "../arns.ts";
import type { SageMakerState, Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { refuseIf, requireInstanceType } from "../validate.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html */
export const DEFAULT_VOLUME_GB = 5;

type Asked = Partial<Omit<CreateNotebookInstanceInput, "NotebookInstanceName">>;

/** Checks what is asked for before anything is stored: at creation, and what an update changes. */
export function checkRequest(request: Asked, context: Strictness & Place & Pick<SageMakerState, "notebookLifecycles">): void {
  const demands: readonly (readonly [demanded: boolean, name: string, reason: string])[] = [
    [(request.DefaultCodeRepository ?? "") !== "", "DefaultCodeRepository", "code repositories are not fetched; clone yours in a terminal or a lifecycle script"],
    [(request.AdditionalCodeRepositories?.length ?? 0) > 0, "AdditionalCodeRepositories", "code repositories are not fetched; clone yours in a terminal or a lifecycle script"],
    [(request.SubnetId ?? "") !== "", "SubnetId", "there are no VPCs here"],
    [(request.SecurityGroupIds?.length ?? 0) > 0, "SecurityGroupIds", "there are no VPCs here"],
    [(request.KmsKeyId ?? "") !== "", "KmsKeyId", "volumes are not encrypted"],
    [(request.AcceleratorTypes?.length ?? 0) > 0, "AcceleratorTypes", "there are no accelerators here"],
    [request.DirectInternetAccess === "Disabled", "DirectInternetAccess", "notebook instances share this host's network"],
  ];
  for (const [demanded, ...refusal] of demands) refuseIf(demanded, context, refusal);
  if (request.InstanceType !== undefined) requireInstanceType(request.InstanceType, "notebook");
  const lifecycle = request.LifecycleConfigName;
  if (lifecycle !== undefined && !context.notebookLifecycles.has(keyOf(context, lifecycle))) throw errors.invalid(`Unable to describe Notebook Instance Lifecycle Config '${lifecycle}'. Details: RecordNotFound`);
}
