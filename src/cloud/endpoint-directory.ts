import type { SageMakerState } from "../services/sagemaker/index.ts";
import type { EndpointDirectory } from "../services/sagemaker-runtime/index.ts";

/** SageMaker's endpoints as the runtime service routes to them: those that serve, or start again after a restart. */
export const endpointDirectory = ({ endpoints, fleet }: SageMakerState): EndpointDirectory => ({
  find({ account, region }, name) {
    const key = `${account}/${region}/${name.toLowerCase()}`;
    const endpoint = endpoints.get(key);
    const variant = endpoint?.deployment.config.request.ProductionVariants?.[0];
    // "The case is preserved and must be matched in InvokeEndpoint": API_CreateEndpoint.html.
    if (endpoint?.name !== name || !variant || !["InService", "Updating", "SystemUpdating"].includes(endpoint.status)) return undefined;
    return {
      name: endpoint.name,
      variant: variant.VariantName ?? "",
      routing: variant.RoutingConfig?.RoutingStrategy === "LEAST_OUTSTANDING_REQUESTS" ? "LEAST_OUTSTANDING_REQUESTS" : "RANDOM",
      instances: () => fleet.instances(key),
    };
  },
});
