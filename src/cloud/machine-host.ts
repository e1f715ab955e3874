import type { PlacementQuestion } from "../base/placement.ts";
import { decidePlacement, DEFAULT_PLACEMENT } from "../decide/placement/index.ts";
import { openMachineHost, type MachineHost } from "../machines/index.ts";
import type { Clock } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";

/** No machine is started with less of the disk free. */
export const DISK_RESERVE_MIB = DEFAULT_PLACEMENT.diskReserveMiB;

export interface HostParts {
  /** Where machines live. */
  readonly folder: string;
  /** What they must not see: usually the whole data folder. */
  readonly hide: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Instead of what is measured: for tests. */
  readonly capacity?: Partial<PlacementQuestion["host"]> | undefined;
}

/** A host for machines, as the server, the artifact check and `doctor` open it; what an earlier one left behind is ended. */
export async function openHost({ folder, hide, clock, log, capacity }: HostParts): Promise<MachineHost> {
  const machines = await openMachineHost({ folder, clock, log, hide: [hide], place: (question) => decidePlacement(question), ...(capacity && { capacity }) });
  const leftovers = await machines.reconcile();
  if (leftovers.killed > 0) log.info("ended what an earlier server had left running", leftovers);
  return machines;
}
