import { aboutResource } from "../access.ts";
import { keyOf } from "../arns.ts";
import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { requireEndpoint, transition } from "./endpoint.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html: not while it is being made or changed. */
export const deleteEndpoint = operation("DeleteEndpoint", {
  authorize: (input, context) => [aboutResource(context, "endpoint", input.EndpointName)],
  handle: (input, context) => {
    const endpoint = requireEndpoint(context, input.EndpointName ?? "");
    if (endpoint.status !== "InService" && endpoint.status !== "Failed") throw errors.endpointBusy(endpoint.arn);
    const key = keyOf(context, endpoint.name);
    context.endpoints.put(key, transition(endpoint, { kind: "delete-requested" }, context.clock.now()));
    context.fleet.remove(key);
    return {};
  },
});
