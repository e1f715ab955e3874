import type { CreateEndpointConfigInput, ProductionVariant } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../base/instant.ts";
import { arnOf, keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import { errors } from "../errors.ts";

export interface EndpointConfigRecord {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly request: CreateEndpointConfigInput;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

/** The configuration of this name; throws AWS's "could not find". */
export function requireEndpointConfig(state: Pick<SageMakerState, "endpointConfigs"> & Place, name: string): EndpointConfigRecord {
  const config = state.endpointConfigs.get(keyOf(state, name));
  if (!config) throw errors.configNotFound(arnOf("endpoint-config", state, name));
  return config;
}

/** The one variant that endpoints have here. */
export function onlyVariant({ request }: Pick<EndpointConfigRecord, "request">): ProductionVariant {
  const [variant] = request.ProductionVariants ?? [];
  if (!variant) throw errors.invalid("At least one production variant must be given.");
  return variant;
}
