import { accessSync, constants, realpathSync } from "node:fs";
import { setPriority } from "node:os";
import { isAbsolute } from "node:path";
import type { Clock } from "../shared/clock.ts";
import { endGroup } from "./cgroups/end-group.ts";
import type { MachineGroup } from "./cgroups/group.ts";
import { giveTo, insideOf, makeFolder, removeFolder } from "./folder.ts";
import { storageMeter } from "./io.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import { hasPidNamespace } from "./launch/chain.ts";
import { groupMeter, startSampling, watchdogMeter } from "./memory.ts";
import { allPids, residentMiB, signalPid, startTicks, userOf } from "./proc.ts";
import { launch, notStarted } from "./process.ts";
import { endSeat, startSeat, type Seat } from "./seat.ts";
import { prepareOrders, uidIn, type Separation } from "./separation.ts";
import { MARK, marked, namespacedTree, plainTree, type ProcessTree } from "./tree.ts";
import type { Machine, MachineProcess, MachineSpec, ProcessSpec } from "./types.ts";

export interface MachineParts {
  readonly spec: MachineSpec;
  readonly limits: Machine["limits"];
  readonly folder: string;
  readonly identity: { readonly uid: number; readonly address: string };
  readonly group: MachineGroup | undefined;
  /** For its first program; further ones get their own when they come. */
  readonly seat: Seat;
  /** RLIMIT_NPROC where no group counts; scheduling priority where no group shares the CPU. */
  readonly limitProcesses: boolean;
  readonly niceness: number | undefined;
  readonly separation: Separation;
  readonly journal: Journal;
  readonly journalFolder: string;
  readonly bootId: string;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
  readonly gone: (clean: boolean) => void;
}

type Running = MachineProcess & { readonly tree: ProcessTree };

/** Makes a machine: journal first, then folder. Its groups exist already, its processes come with `start`. */
export async function makeMachine(parts: MachineParts): Promise<Machine> {
  const { spec, folder, separation, group, clock, journal } = parts;
  const uid = uidIn(separation.mode, parts.identity.uid);
  const namespaced = hasPidNamespace(separation.mode);
  const running = new Set<Running>();
  /** Programs that are being started: whoever ends the machine ends these too. */
  const launching = new Map<ProcessTree, Promise<Running>>();
  const mark = `${spec.id}@${folder}`;
  const hunt = (): readonly number[] => (uid === undefined ? marked(mark) : allPids().filter((pid) => userOf(pid) === uid));
  const trees = (): readonly ProcessTree[] => [...running].map((each) => each.tree);
  const meter = group === undefined ? watchdogMeter(parts.limits.memoryMiB, trees) : groupMeter(group);
  const storage = storageMeter(trees);
  let entry: JournalEntry = { id: spec.id, owner: spec.owner, bootId: parts.bootId, folder, groups: group?.folders ?? [], uid, mark, processes: [] };
  let sampling: { stop(): void } | undefined;
  let unused: Seat | undefined = parts.seat;
  let starts = 0;
  /** Programs starting or running. */
  let active = 0;
  let destroyed: Promise<void> | undefined;

  const record = (pid: number): void => {
    entry = { ...entry, processes: [...entry.processes.filter((each) => startTicks(each.pid) === each.startTicks), { pid, startTicks: startTicks(pid) ?? "" }] };
    journal.write(entry);
    if (parts.niceness !== undefined) lowerPriority(pid, parts.niceness);
  };

  const outOfMemory = (): void => {
    if (spec.onOutOfMemory === undefined) return trees().forEach((tree) => tree.kill());
    // With a group the kernel has killed the biggest already.
    if (group === undefined) signalBiggest(trees().flatMap((tree) => [...tree.pids()]));
    spec.onOutOfMemory(peakMiB());
  };
  const peakMiB = (): number => Math.min(meter.peakMiB(), group === undefined ? Infinity : parts.limits.memoryMiB);

  const start = async (process: ProcessSpec): Promise<MachineProcess> => {
    if (destroyed !== undefined) return notStarted("the machine has been ended");
    try {
      checkProgram(process, folder);
      const environment = namespaced ? process.environment : { ...process.environment, [MARK]: mark };
      const orders = prepareOrders(separation, {
        folder, spec: { ...process, environment }, uid: parts.identity.uid,
        maxProcesses: parts.limitProcesses ? spec.maxProcesses : undefined, volumes: spec.volumes ?? [], fstabFile: `${parts.journalFolder}/${spec.id}.${++starts}.fstab`,
      });
      const killsBefore = meter.outOfMemoryCount();
      const seat = unused ?? startSeat(separation, group, spec.network);
      unused = undefined;
      try {
        record(seat.pid);
      } catch (error) {
        await endSeat(seat);
        throw error;
      }
      active++;
      sampling ??= startSampling(meter, clock, outOfMemory);
      const tree = namespaced ? namespacedTree(seat.pid, 2) : plainTree(seat.pid, hunt, () => group?.pids() ?? []);
      const begun = launch({
        ...orders, seat, tree, onLine: process.onLine, warn: parts.warn, clock,
        ended: () => {
          active--;
          // A namespace is ended by the kernel with its first process; elsewhere what the program left is ended here.
          if (!namespaced && active === 0) tree.kill();
          meter.sample();
          if (active === 0) {
            sampling?.stop();
            sampling = undefined;
          }
          return { outOfMemory: meter.outOfMemoryCount() > killsBefore, peakMiB: peakMiB(), limitMiB: parts.limits.memoryMiB };
        },
      });
      launching.set(tree, begun);
      const launched = await begun;
      launching.delete(tree);
      orders.clean();
      running.add(launched);
      void launched.exited.then(() => running.delete(launched));
      return launched;
    } catch (error) {
      return notStarted((error as Error).message);
    }
  };

  const destroy = async (): Promise<void> => {
    if (unused !== undefined) await endSeat(unused);
    while (running.size > 0 || launching.size > 0) {
      for (const tree of [...launching.keys(), ...trees()]) tree.kill();
      await Promise.all([...launching.values(), ...[...running].map((each) => each.exited)]);
    }
    if (!namespaced) hunt().forEach((pid) => void signalPid(pid, "SIGKILL"));
    const clean = await endGroup(group, clock);
    if (!clean) parts.warn(`A process of machine ${spec.id} cannot be ended; its control groups stay until the next start.`);
    const removed = await removeFolder(folder);
    if (!removed) parts.warn(`The folder of machine ${spec.id} cannot be removed; it stays until the next start.`);
    if (clean && removed) journal.remove(spec.id);
    parts.gone(clean && removed);
  };

  journal.write(entry);
  record(parts.seat.pid);
  await makeFolder(folder, uid);
  if (uid !== undefined) for (const volume of spec.volumes ?? []) await giveTo(volume, uid);
  return {
    spec, folder, limits: parts.limits, address: parts.identity.address, start,
    own: async (path) => {
      if (!insideOf(path, folder)) throw new Error(`${path} is not in the machine's folder ${folder}`);
      if (uid !== undefined) await giveTo(path, uid);
    },
    peakMiB: () => Math.round(meter.peakMiB()),
    memoryMiB: () => Math.round(meter.usedMiB()),
    cpuSeconds: () => meter.cpuSeconds(),
    storageBytes: () => storage(),
    end: async (grace) => {
      await Promise.all([...running].map((each) => each.stop(grace)));
      await (destroyed ??= destroy());
    },
    destroy: () => (destroyed ??= destroy()),
  };
}

function checkProgram(process: ProcessSpec, folder: string): void {
  if (!isAbsolute(process.command)) throw new Error(`${process.command} is not an absolute path`);
  try {
    accessSync(process.command, constants.X_OK);
  } catch {
    throw new Error(`${process.command} is not there or cannot be run`);
  }
  if (!insideOf(realpathSync(process.workingFolder), folder)) throw new Error(`${process.workingFolder} is not in the machine's folder`);
  for (const [target, source] of Object.entries(process.mounts ?? {})) {
    // A link put there by an earlier program would be followed with our privileges.
    if (realpathSync(source) !== source) throw new Error(`${source} is a link, or lies behind one`);
    if (target === "/tmp" && !insideOf(source, folder)) throw new Error(`${source} cannot be /tmp: it is not in the machine's folder`);
  }
}

/** Where we are the killer: what the kernel would choose. */
function signalBiggest(pids: readonly number[]): void {
  const [biggest] = pids.toSorted((a, b) => residentMiB(b) - residentMiB(a));
  if (biggest !== undefined) signalPid(biggest, "SIGKILL");
}

function lowerPriority(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {
    // Gone already.
  }
}
