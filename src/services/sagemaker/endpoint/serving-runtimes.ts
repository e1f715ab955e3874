import type { IsolationReport, Machine } from "../../../machines/types.ts";
import { servingRuntime } from "../../../runtimes/image.ts";
import { startModelServer, type RunningServer, type ServedContainer } from "../../../runtimes/serving/start.ts";
import type { Clock } from "../../../shared/clock.ts";

export type { RunningServer, ServedContainer } from "../../../runtimes/serving/start.ts";

/** What an image name stands for when it is to serve. */
export type FoundServing = { readonly kind: "found" } | { readonly kind: "refused"; readonly reason: string };

/** The launchers of `runtimes/serving`, as the fleet uses them. `start` rejects with the container's own last words. */
export interface ServingRuntimes {
  find(image: string): FoundServing;
  start(machine: Machine, container: ServedContainer): Promise<RunningServer>;
}

export const createServingRuntimes = (isolation: IsolationReport, clock: Clock): ServingRuntimes => ({
  find(image) {
    const runtime = servingRuntime(image);
    return runtime.kind === "refused" ? runtime : { kind: "found" };
  },
  start: (machine, container) => startModelServer(machine, container, { clock, isolation }),
});
