import { availableParallelism } from "node:os";
import { ENVIRONMENT } from "./contract.ts";

/** As many threads as the instance type has vCPUs, and never more than the host has. */
export function threadCount(environment: Readonly<Record<string, string | undefined>>): number {
  const stated = Number(environment[ENVIRONMENT.vcpus]);
  const host = availableParallelism();
  return Number.isFinite(stated) && stated >= 1 ? Math.min(Math.floor(stated), host) : host;
}
