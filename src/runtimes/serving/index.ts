import type { IsolationReport } from "../../machines/index.ts";
import type { Clock } from "../../shared/clock.ts";
import type { NamedPython } from "../named-pythons.ts";
import { openPythons } from "../python.ts";
import { pipSettings } from "../requirements.ts";
import { servingOf, unknownServingImage } from "./images.ts";
import { startModelServer } from "./start.ts";
import type { ServingRuntimes } from "./types.ts";

export { ping } from "./health.ts";
export { ServerFailed } from "./types.ts";
export type { FoundServing, RunningServer, ServedContainer, ServingRuntimes } from "./types.ts";

export interface ServingRuntimeOptions {
  readonly isolation: IsolationReport;
  readonly clock: Clock;
  /** The interpreter for script servers that none of `pythons` is for; the system's when absent. */
  readonly python: string | undefined;
  /** Those that the user names by image. */
  readonly pythons?: readonly NamedPython[];
  /** The server's own environment; of it pip's settings reach machines. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Launchers of model servers, by image name. */
export function openServingRuntimes({ isolation, clock, python: forAll, pythons = [], environment = {} }: ServingRuntimeOptions): ServingRuntimes {
  const python = openPythons(pythons, forAll);
  const ports = { isolation, clock, python: (image: string) => python(image).facts(), pip: pipSettings(environment) };
  return {
    find: (image) => (servingOf(image) === undefined ? { kind: "refused", reason: unknownServingImage(image) } : { kind: "found" }),
    start: (machine, container) => startModelServer(ports, machine, container),
  };
}
