import type { CreateEndpointConfigInput, ProductionVariant } from "@aws-sdk/client-sagemaker";
import type { Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { refuseIf } from "../validate.ts";

/** Refuses what an endpoint configuration asks for and is not there, before anything is stored. */
export function checkConfigRequest(request: CreateEndpointConfigInput, context: Strictness): void {
  refuseIf((request.ProductionVariants?.length ?? 0) > 1, context, ["More than one production variant", "endpoints with several variants"]);
  refuseIf((request.ShadowProductionVariants?.length ?? 0) > 0, context, ["ShadowProductionVariants", "shadow variants"]);
  refuseIf(request.DataCaptureConfig?.EnableCapture === true, context, ["DataCaptureConfig", "data capture"]);
  refuseIf(request.AsyncInferenceConfig !== undefined, context, ["AsyncInferenceConfig", "asynchronous inference"]);
  refuseIf(request.ExplainerConfig !== undefined, context, ["ExplainerConfig", "explanations"]);
  refuseIf((request.VpcConfig?.Subnets?.length ?? 0) > 0, context, ["VpcConfig", "network positions"]);
  refuseIf(request.EnableNetworkIsolation === true, context, ["EnableNetworkIsolation", "network isolation"]);
  refuseIf((request.KmsKeyId ?? "") !== "", context, ["KmsKeyId", "encryption with keys of yours"]);
  for (const variant of request.ProductionVariants ?? []) refuseVariant(variant, context);
  requireInstances(request);
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html: both belong to a variant with instances. */
function requireInstances({ ProductionVariants: variants = [] }: CreateEndpointConfigInput): void {
  for (const { VariantName: name = "", InitialInstanceCount: count } of variants) {
    if (count === undefined) throw errors.invalid(`InitialInstanceCount must be provided for production variant ${name}.`);
  }
}

function refuseVariant(variant: ProductionVariant, context: Strictness): void {
  refuseIf(variant.ServerlessConfig !== undefined, context, ["ServerlessConfig", "serverless endpoints"]);
  refuseIf(variant.ModelName === undefined, context, ["A variant without ModelName", "inference components"]);
  refuseIf((variant.InstancePools?.length ?? 0) > 0, context, ["InstancePools", "instance pools"]);
  refuseIf(variant.ManagedInstanceScaling !== undefined, context, ["ManagedInstanceScaling", "managed instance scaling"]);
  refuseIf(variant.CoreDumpConfig !== undefined, context, ["CoreDumpConfig", "core dumps"]);
  refuseIf(variant.AcceleratorType !== undefined, context, ["AcceleratorType", "elastic inference"]);
  refuseIf(variant.EnableSSMAccess === true, context, ["EnableSSMAccess", "SSM access"]);
  refuseIf(variant.InferenceAmiVersion !== undefined, context, ["InferenceAmiVersion", "machine images"]);
  refuseIf(variant.CapacityReservationConfig !== undefined, context, ["CapacityReservationConfig", "capacity reservations"]);
}
