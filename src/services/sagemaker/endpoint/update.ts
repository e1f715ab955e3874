import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { onlyVariant, requireEndpointConfig } from "../endpoint-config/endpoint-config.ts";
import { errors } from "../errors.ts";
import { requireModel } from "../model/model.ts";
import { refuseIf } from "../validate.ts";
import { requireEndpoint, transition } from "./endpoint.ts";

/**
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html: a new fleet starts beside the old
 * one, takes over when it is healthy, and the old one ends; a failure leaves the old one serving.
 */
export const updateEndpoint = operation("UpdateEndpoint", {
  authorize: (input, context) => [aboutResource(context, "endpoint", input.EndpointName), aboutResource(context, "endpoint-config", input.EndpointConfigName)],
  handle: (input, context) => {
    const endpoint = requireEndpoint(context, input.EndpointName ?? "");
    if (endpoint.status === "Failed") throw errors.endpointFailed(endpoint.arn);
    if (endpoint.status !== "InService") throw errors.endpointBusy(endpoint.arn);
    refuseIf(input.DeploymentConfig !== undefined, context, ["DeploymentConfig", "deployment strategies"]);
    refuseIf(input.RetainAllVariantProperties === true, context, ["RetainAllVariantProperties", "retained variant properties"]);
    refuseIf((input.ExcludeRetainedVariantProperties?.length ?? 0) > 0, context, ["ExcludeRetainedVariantProperties", "retained variant properties"]);
    const config = requireEndpointConfig(context, input.EndpointConfigName ?? "");
    const model = requireModel(context, onlyVariant(config).ModelName ?? "");
    const key = keyOf(context, endpoint.name);
    context.endpoints.put(key, transition(endpoint, { kind: "update-requested", next: { config, model } }, context.clock.now()));
    context.fleet.begin(key);
    return { EndpointArn: endpoint.arn };
  },
});
