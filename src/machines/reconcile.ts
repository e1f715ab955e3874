import { SECOND } from "../base/instant.ts";
import type { Clock } from "../shared/clock.ts";
import { readPids, removeGroup } from "./cgroups/files.ts";
import type { GroupHierarchy } from "./cgroups/group.ts";
import { removeFolder } from "./folder.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import { signalPid, startTicks, treeOf } from "./proc.ts";
import { marked } from "./tree.ts";

export interface Leftovers {
  readonly journal: Journal;
  readonly hierarchy: GroupHierarchy | undefined;
  /** What this server's group names begin with; the data folder's lock makes every such group a leftover. */
  readonly prefix: string;
  readonly bootId: string;
  readonly clock: Clock;
  /** Machines of this server, and the groups in its use. */
  readonly living: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** Ends what an earlier server of the same folder left: exactly what its journal and its groups name, nothing by pid alone. */
export async function endLeftovers({ journal, hierarchy, prefix, bootId, clock, living, groups: own }: Leftovers): Promise<{ readonly killed: number; readonly removed: number }> {
  const entries = journal.read().filter((entry) => !living.has(entry.id));
  const killed = new Set<number>();
  const deadline = clock.monotonic() + 5 * SECOND;
  let open: readonly string[];
  do {
    const groups = (hierarchy?.leftBehind(prefix) ?? []).filter(({ folder }) => !own.has(folder));
    const pids = [...groups.flatMap((group) => group.pids), ...entries.filter((entry) => entry.bootId === bootId).flatMap(survivors)];
    for (const pid of pids) if (signalPid(pid, "SIGKILL")) killed.add(pid);
    open = groups.map((group) => group.folder).filter((folder) => readPids(folder).length > 0 || !removeGroup(folder));
    if (pids.length === 0 && open.length === 0) break;
    await clock.sleep(5);
  } while (clock.monotonic() < deadline);
  hierarchy?.leftBehind("").filter(({ folder, pids }) => pids.length === 0 && !own.has(folder)).forEach(({ folder }) => removeWhenOrphaned(folder));
  for (const entry of entries) {
    // What cannot be removed now is tried again at the next start.
    if (await removeFolder(entry.folder)) journal.remove(entry.id);
  }
  return { killed: killed.size, removed: entries.length };
}

/** Empty groups of servers that died and whose folder nobody opened again: `<folder's tag>-<server's pid>-<number>`. */
function removeWhenOrphaned(folder: string): void {
  const pid = /-(\d+)-\d+$/.exec(folder)?.[1];
  if (pid !== undefined && startTicks(Number(pid)) === undefined) removeGroup(folder);
}

/**
 * Processes of an entry of this boot that live on: the same pid with the same start, those below it, its mark's. Not its
 * user's: another server may have been given the user id since.
 */
function survivors(entry: JournalEntry): readonly number[] {
  const started = entry.processes.filter((each) => each.startTicks !== "" && startTicks(each.pid) === each.startTicks).flatMap((each) => treeOf(each.pid));
  return [...new Set([...started, ...marked(entry.mark)])];
}
