import { SECOND } from "../../base/instant.ts";
import type { Clock } from "../../shared/clock.ts";
import { signalPid } from "../proc.ts";
import type { MachineGroup } from "./group.ts";

/** Kills what is in the groups and removes them. False when a process cannot be ended within 5 s: dying ones hold their group for some milliseconds. */
export async function endGroup(group: MachineGroup | undefined, clock: Clock): Promise<boolean> {
  const deadline = clock.monotonic() + 5 * SECOND;
  while (group !== undefined && !group.remove()) {
    if (clock.monotonic() > deadline) return false;
    group.pids().forEach((pid) => void signalPid(pid, "SIGKILL"));
    await clock.sleep(4);
  }
  return true;
}
