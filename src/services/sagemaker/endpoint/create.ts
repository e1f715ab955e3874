import { aboutCreation, aboutResource, tagConditions } from "../access.ts";
import { arnOf, keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { onlyVariant, requireEndpointConfig } from "../endpoint-config/endpoint-config.ts";
import { errors } from "../errors.ts";
import { requireModel } from "../model/model.ts";
import { requireQuota } from "../quotas.ts";
import { checkTags } from "../tags/tags.ts";
import { refuseIf } from "../validate.ts";
import type { EndpointRecord } from "./endpoint.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html */
export const createEndpoint = operation("CreateEndpoint", {
  authorize: (input, context) => [
    ...aboutCreation(context, "endpoint", { name: input.EndpointName, tags: input.Tags }),
    { ...aboutResource(context, "endpoint-config", input.EndpointConfigName), conditions: tagConditions(input.Tags) },
  ],
  handle: (input, context) => {
    const name = input.EndpointName ?? "";
    const arn = arnOf("endpoint", context, name);
    const key = keyOf(context, name);
    if (context.endpoints.has(key)) throw errors.endpointExists(arn);
    checkTags(input.Tags);
    refuseIf(input.DeploymentConfig !== undefined, context, ["DeploymentConfig", "deployment strategies"]);
    const config = requireEndpointConfig(context, input.EndpointConfigName ?? "");
    const { ModelName, InstanceType, InitialInstanceCount } = onlyVariant(config);
    const model = requireModel(context, ModelName ?? "");
    requireQuota(context, { type: InstanceType, use: "endpoint", count: InitialInstanceCount ?? 1 });
    const now = context.clock.now();
    const record: EndpointRecord = {
      name, arn, account: context.account, region: context.region, status: "Creating",
      deployment: { config, model }, createdAt: now, modifiedAt: now,
    };
    context.endpoints.put(key, record);
    context.tags.add(arn, input.Tags ?? []);
    context.fleet.begin(key);
    return { EndpointArn: arn };
  },
});
