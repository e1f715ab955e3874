import type { Clock } from "../shared/clock.ts";
import type { MachineGroup } from "./cgroups/group.ts";
import { cpuSecondsOf, residentMiB } from "./proc.ts";
import type { ProcessTree } from "./tree.ts";

/** What a machine uses, and whether it went over. One shape for control groups and for the watchdog. */
export interface MemoryMeter {
  /** Takes a sample; true when the machine has just been found out of memory and must end. */
  sample(): boolean;
  /** Since the machine was made. */
  outOfMemoryCount(): number;
  usedMiB(): number;
  peakMiB(): number;
  cpuSeconds(): number;
  readonly periodMs: number;
}

/** The kernel enforces; samples only tell file cache from real use, and end a machine that lives on after a kill. */
export function groupMeter(group: MachineGroup): MemoryMeter {
  let most = 0;
  let mostCache = 0;
  let told = 0;
  const use = (): number => {
    const { usedMiB, fileCacheMiB } = group.memory();
    mostCache = Math.max(mostCache, fileCacheMiB);
    most = Math.max(most, usedMiB - fileCacheMiB);
    return Math.max(0, usedMiB - fileCacheMiB);
  };
  return {
    periodMs: 250,
    sample: () => {
      use();
      const kills = group.oomKills();
      const fresh = kills > told;
      told = kills;
      return fresh;
    },
    outOfMemoryCount: () => group.oomKills(),
    usedMiB: use,
    // The high-water mark counts file cache. What exceeds the most cache ever seen was certainly real use.
    peakMiB: () => Math.max(most, group.highWaterMiB() - mostCache),
    cpuSeconds: () => group.cpuSeconds(),
  };
}

/** Without control groups: the resident memory of every tree, 50 times a second; we are the killer, so detection is exact. */
export function watchdogMeter(limitMiB: number, trees: () => readonly ProcessTree[]): MemoryMeter {
  let peak = 0;
  let count = 0;
  let cpu = 0;
  const use = (): number => {
    const pids = trees().flatMap((tree) => [...tree.pids()]);
    const used = pids.reduce((sum, pid) => sum + residentMiB(pid), 0);
    peak = Math.max(peak, used);
    return used;
  };
  return {
    periodMs: 20,
    sample: () => {
      const over = use() > limitMiB;
      if (over) count++;
      return over;
    },
    outOfMemoryCount: () => count,
    usedMiB: use,
    peakMiB: () => peak,
    cpuSeconds: () => {
      const now = trees().flatMap((tree) => [...tree.pids()]).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
      return (cpu = Math.max(cpu, now));
    },
  };
}

/** Samples while something runs; stops by itself when told. */
export function startSampling(meter: MemoryMeter, clock: Clock, over: () => void): { stop(): void } {
  const timer = clock.every(meter.periodMs, () => {
    if (meter.sample()) over();
  });
  return { stop: () => timer.cancel() };
}
