import type { CreateEndpointConfigInput, ProductionVariant } from "@aws-sdk/client-sagemaker";
import { findInstanceType } from "../../../catalogue/instance-types.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation, type Strictness } from "../context.ts";
import { errors } from "../errors.ts";
import { requireModel } from "../model/model.ts";
import { tagConditions } from "../tags/tags.ts";
import { refuseIf } from "../validate.ts";
import { onlyVariant, type EndpointConfigRecord } from "./endpoint-config.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html */
export const createEndpointConfig = operation("CreateEndpointConfig", {
  authorize: (input, context) => [{
    action: "sagemaker:CreateEndpointConfig", resource: arnOf("endpoint-config", context, input.EndpointConfigName ?? ""),
    conditions: { ...tagConditions(input.Tags), "sagemaker:InstanceTypes": (input.ProductionVariants ?? []).flatMap(({ InstanceType }) => InstanceType ?? []) },
  }],
  handle: (input, context) => {
    const request = input as CreateEndpointConfigInput;
    const name = request.EndpointConfigName ?? "";
    const arn = arnOf("endpoint-config", context, name);
    if (context.endpointConfigs.has(keyOf(context, name))) throw errors.configExists(arn);
    refuseUnsupported(request, context);
    const variant = onlyVariant({ request });
    requireModel(context, variant.ModelName ?? "");
    if (findInstanceType(variant.InstanceType ?? "") === undefined) throw errors.invalid(`The instance type ${variant.InstanceType ?? "(none)"} is not known to Sagebrush.`);
    const now = context.clock.now();
    const { Tags: tags = [], ...kept } = request;
    const record: EndpointConfigRecord = { name, arn, account: context.account, region: context.region, request: kept, createdAt: now, modifiedAt: now };
    context.endpointConfigs.put(keyOf(context, name), record);
    context.tags.add(arn, tags);
    return { EndpointConfigArn: arn };
  },
});

function refuseUnsupported(request: CreateEndpointConfigInput, context: Strictness): void {
  refuseIf((request.ProductionVariants?.length ?? 0) > 1, context, ["More than one production variant", "endpoints with several variants"]);
  refuseIf((request.ShadowProductionVariants?.length ?? 0) > 0, context, ["ShadowProductionVariants", "shadow variants"]);
  refuseIf(request.DataCaptureConfig?.EnableCapture === true, context, ["DataCaptureConfig", "data capture"]);
  refuseIf(request.AsyncInferenceConfig !== undefined, context, ["AsyncInferenceConfig", "asynchronous inference"]);
  refuseIf(request.ExplainerConfig !== undefined, context, ["ExplainerConfig", "explanations"]);
  refuseIf(request.VpcConfig !== undefined, context, ["VpcConfig", "network positions"]);
  refuseIf(request.EnableNetworkIsolation === true, context, ["EnableNetworkIsolation", "network isolation"]);
  for (const variant of request.ProductionVariants ?? []) refuseVariant(variant, context);
}

function refuseVariant(variant: ProductionVariant, context: Strictness): void {
  refuseIf(variant.ServerlessConfig !== undefined, context, ["ServerlessConfig", "serverless endpoints"]);
  refuseIf(variant.ModelName === undefined, context, ["A variant without ModelName", "inference components"]);
  refuseIf(variant.ManagedInstanceScaling !== undefined, context, ["ManagedInstanceScaling", "managed instance scaling"]);
  refuseIf(variant.CoreDumpConfig !== undefined, context, ["CoreDumpConfig", "core dumps"]);
  refuseIf(variant.AcceleratorType !== undefined, context, ["AcceleratorType", "elastic inference"]);
  refuseIf(variant.EnableSSMAccess === true, context, ["EnableSSMAccess", "SSM access"]);
  refuseIf(variant.CapacityReservationConfig !== undefined, context, ["CapacityReservationConfig", "capacity reservations"]);
}
