import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { requireEndpointConfig } from "./endpoint-config.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpointConfig.html: endpoints made from it keep serving. */
export const deleteEndpointConfig = operation("DeleteEndpointConfig", {
  authorize: (input, context) => [aboutResource(context, "endpoint-config", input.EndpointConfigName)],
  handle: (input, context) => {
    const config = requireEndpointConfig(context, input.EndpointConfigName ?? "");
    context.endpointConfigs.delete(keyOf(context, config.name));
    context.tags.forget(config.arn);
    return {};
  },
});
