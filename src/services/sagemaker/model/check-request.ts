import type { CreateModelInput } from "@aws-sdk/client-sagemaker";
import type { SageMakerState, Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { refuseIf } from "../validate.ts";
import { primaryContainer } from "./model.ts";

/** Checks what a model asks for before anything is stored. */
export function checkModelRequest(request: CreateModelInput, context: Strictness & Pick<SageMakerState, "fleet">): void {
  if (request.PrimaryContainer !== undefined && (request.Containers?.length ?? 0) > 0) throw errors.invalid("You can't provide both PrimaryContainer and Containers.");
  if (request.PrimaryContainer === undefined && (request.Containers?.length ?? 0) === 0) throw errors.invalid("Either PrimaryContainer or Containers must be provided.");
  if (request.ExecutionRoleArn === undefined) throw errors.invalid("ExecutionRoleArn must be provided.");
  refuseIf((request.Containers?.length ?? 0) > 1, context, ["Containers with more than one member", "inference pipelines"]);
  refuseIf((request.VpcConfig?.Subnets?.length ?? 0) > 0, context, ["VpcConfig", "network positions"]);
  refuseIf(request.EnableNetworkIsolation === true, context, ["EnableNetworkIsolation", "network isolation"]);
  const container = primaryContainer({ request });
  refuseIf(container.Mode === "MultiModel", context, ["Mode MultiModel", "multi-model endpoints"]);
  refuseIf(container.ModelPackageName !== undefined, context, ["ModelPackageName", "model packages"]);
  refuseIf(container.ModelDataSource !== undefined, context, ["ModelDataSource", "model data other than an archive (ModelDataUrl)"]);
  refuseIf((container.AdditionalModelDataSources?.length ?? 0) > 0, context, ["AdditionalModelDataSources", "additional model data"]);
  refuseIf(container.InferenceSpecificationName !== undefined, context, ["InferenceSpecificationName", "model packages"]);
  if (container.Image === undefined) throw errors.invalid("An image must be provided for the container.");
  const runtime = context.fleet.findRuntime(container.Image);
  if (runtime.kind === "refused") throw errors.unsupportedImage(runtime.reason);
}
