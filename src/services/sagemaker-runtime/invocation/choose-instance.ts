import type { RoutableInstance } from "../context.ts";

/**
 * Picks the instance that answers. RANDOM is AWS's default; LEAST_OUTSTANDING_REQUESTS takes one of those with the fewest
 * requests in progress. https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantRoutingConfig.html
 */
export function chooseInstance<T extends Pick<RoutableInstance, "outstanding">>(instances: readonly T[], routing: "RANDOM" | "LEAST_OUTSTANDING_REQUESTS", fraction: () => number): T | undefined {
  if (routing === "RANDOM") return instances[Math.floor(fraction() * instances.length)];
  const least = Math.min(...instances.map(({ outstanding }) => outstanding));
  const idle = instances.filter(({ outstanding }) => outstanding === least);
  return idle[Math.floor(fraction() * idle.length)];
}
