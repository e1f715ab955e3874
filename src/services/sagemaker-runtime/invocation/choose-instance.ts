import type { RoutableInstance } from "../context.ts";

/**
 * Picks the instance that answers. RANDOM is AWS's default; LEAST_OUTSTANDING_REQUESTS takes the one with the fewest
 * requests in progress. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html
 */
export function chooseInstance<T extends Pick<RoutableInstance, "outstanding">>(instances: readonly T[], routing: "RANDOM" | "LEAST_OUTSTANDING_REQUESTS", fraction: () => number): T | undefined {
  const pick = (): T | undefined => instances[Math.floor(fraction() * instances.length)];
  if (routing === "RANDOM") return pick();
  return instances.reduce<T | undefined>((least, each) => (least === undefined || each.outstanding < least.outstanding ? each : least), undefined);
}
