import type { QuotaUse } from "../../catalogue/quotas.ts";
import { prefixOf, type Place } from "./arns.ts";
import type { SageMakerState } from "./context.ts";
import { errors } from "./errors.ts";
import type { EndpointRecord } from "./endpoint/endpoint.ts";

/** Instances that a request wants beside those in use. */
export interface InstanceDemand {
  readonly type: string | undefined;
  readonly use: QuotaUse;
  readonly count: number;
}

/** Throws AWS's ResourceLimitExceeded where a demand does not fit beside what is in use in the account and region. */
export function requireQuota({ quotas, training, endpoints, ...place }: Pick<SageMakerState, "quotas" | "training" | "endpoints"> & Place, { type = "", use, count }: InstanceDemand): void {
  const limit = quotas.limit(type, use);
  const inUse = use === "training job" || use === "spot training job" ? training.instancesInUse(place, type, use === "spot training job") : endpoints.values({ prefix: prefixOf(place) }).reduce((sum, endpoint) => sum + servingInstances(endpoint, type), 0);
  if (inUse + count > limit) throw errors.quotaExceeded(`${type} for ${use} usage`, { limit, inUse, delta: count });
}

/** The instances of a type that an endpoint has, or is being given. */
function servingInstances({ deployment, next }: EndpointRecord, type: string): number {
  const counts = [deployment, next].flatMap((each) => each?.config.request.ProductionVariants ?? [])
    .filter((variant) => variant.InstanceType === type).map(({ InitialInstanceCount }) => InitialInstanceCount ?? 0);
  return Math.max(0, ...counts);
}
