import type { IsolationReport } from "../../machines/index.ts";
import type { Clock } from "../../shared/clock.ts";
import { pythonFinder } from "../python.ts";
import { findServingRuntime } from "./images.ts";
import { startModelServer } from "./start.ts";
import type { ServingRuntimes } from "./types.ts";

export { ServerFailed } from "./types.ts";
export type { FoundServing, RunningServer, ServedContainer, ServingRuntimes } from "./types.ts";

/** Launchers of model servers. `python` names the interpreter for script servers; the system's when absent. */
export function openServingRuntimes({ isolation, clock, python }: { readonly isolation: IsolationReport; readonly clock: Clock; readonly python?: string }): ServingRuntimes {
  const ports = { isolation, clock, python: pythonFinder(python) };
  return { find: findServingRuntime, start: (machine, container) => startModelServer(ports, machine, container) };
}
