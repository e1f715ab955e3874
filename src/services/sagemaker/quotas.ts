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
export function requireQuota(state: Pick<SageMakerState, "quotas" | "training" | "endpoints" | "notebooks"> & Place, { type = "", use, count }: InstanceDemand): void {
  const limit = state.quotas.limit(type, use);
  const inUse = instancesInUse(state, type, use);
  if (inUse + count > limit) throw errors.quotaExceeded(`${type} for ${use} usage`, { limit, inUse, delta: count });
}

function instancesInUse({ training, endpoints, notebooks, ...place }: Pick<SageMakerState, "training" | "endpoints" | "notebooks"> & Place, type: string, use: QuotaUse): number {
  const prefix = prefixOf(place);
  switch (use) {
    case "training job": return training.instancesInUse(place, type, false);
    case "spot training job": return training.instancesInUse(place, type, true);
    case "endpoint": return endpoints.values({ prefix }).reduce((sum, endpoint) => sum + servingInstances(endpoint, type), 0);
    case "notebook instance": return notebooks.values({ prefix }).filter(({ status, request }) => ["Pending", "InService", "Stopping"].includes(status) && request.InstanceType === type).length;
  }
}

/** The instances of a type that an endpoint has, or is being given. */
function servingInstances({ deployment, next }: EndpointRecord, type: string): number {
  const counts = [deployment, next].flatMap((each) => each?.config.request.ProductionVariants ?? [])
    .filter((variant) => variant.InstanceType === type).map(({ InitialInstanceCount }) => InitialInstanceCount ?? 0);
  return Math.max(0, ...counts);
}
