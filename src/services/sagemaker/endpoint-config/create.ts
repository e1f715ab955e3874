import type { CreateEndpointConfigInput } from "@aws-sdk/client-sagemaker";
import { aboutCreation } from "../access.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireModel } from "../model/model.ts";
import { checkTags } from "../tags/tags.ts";
import { requireInstanceType } from "../validate.ts";
import { checkConfigRequest } from "./check-request.ts";
import { onlyVariant, type EndpointConfigRecord } from "./endpoint-config.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html */
export const createEndpointConfig = operation("CreateEndpointConfig", {
  authorize: (input, context) => {
    const variants = input.ProductionVariants ?? [];
    return aboutCreation(context, "endpoint-config", {
      name: input.EndpointConfigName, tags: input.Tags,
      conditions: {
        "sagemaker:InstanceTypes": variants.flatMap(({ InstanceType }) => InstanceType ?? []),
        "sagemaker:AcceleratorTypes": variants.flatMap(({ AcceleratorType }) => AcceleratorType ?? []),
        "sagemaker:ModelArn": variants.flatMap(({ ModelName }) => (ModelName === undefined ? [] : [arnOf("model", context, ModelName)])),
        "sagemaker:NetworkIsolation": input.EnableNetworkIsolation?.toString(),
        "sagemaker:VolumeKmsKeyArn": input.KmsKeyId,
        "sagemaker:VpcSubnets": input.VpcConfig?.Subnets, "sagemaker:VpcSecurityGroupIds": input.VpcConfig?.SecurityGroupIds,
      },
    });
  },
  handle: (input, context) => {
    const request = input as CreateEndpointConfigInput;
    const name = request.EndpointConfigName ?? "";
    const arn = arnOf("endpoint-config", context, name);
    if (context.endpointConfigs.has(keyOf(context, name))) throw errors.configExists(arn);
    checkTags(request.Tags);
    checkConfigRequest(request, context);
    const variant = onlyVariant({ request });
    requireModel(context, variant.ModelName ?? "");
    requireInstanceType(variant.InstanceType, "hosting");
    const now = context.clock.now();
    const { Tags: tags = [], ...kept } = request;
    const record: EndpointConfigRecord = { name, arn, account: context.account, region: context.region, request: kept, createdAt: now, modifiedAt: now };
    context.endpointConfigs.put(keyOf(context, name), record);
    context.tags.add(arn, tags);
    return { EndpointConfigArn: arn };
  },
});
