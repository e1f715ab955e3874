import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { childGroups, readControl, readKey, readNumber, readPids, removeGroup } from "./files.ts";
import { MIB, WRAPPER_PROCESSES, type GroupHierarchy, type GroupLimits, type MachineGroup } from "./group.ts";

const PARENT = "sagebrush";
/** cpu.weight of one vCPU: the kernel's own default weight. */
const WEIGHT_PER_VCPU = 100;

/**
 * Version 2 below `root`, a group without processes of its own (or the system's root). Throws where the controllers
 * cannot be handed down. https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export function openV2(root: string): GroupHierarchy {
  const offered = readControl(root, "cgroup.controllers").trim().split(" ");
  if (!offered.includes("memory") || !offered.includes("pids")) throw new Error("the memory and pids controllers are not offered here");
  const wanted = ["memory", "pids", "cpu"].filter((name) => offered.includes(name));
  const parent = join(root, PARENT);
  handDown(root, wanted);
  mkdirSync(parent, { recursive: true });
  handDown(parent, wanted);
  // Beside it stand whole slices of the default weight; machines together are to count as much as the host has cores.
  if (wanted.includes("cpu")) writeFileSync(join(parent, "cpu.weight"), String(Math.min(10_000, availableParallelism() * WEIGHT_PER_VCPU)));
  return {
    memory: "cgroup-v2",
    cpu: wanted.includes("cpu") ? "cgroup-v2" : "nice",
    processes: "cgroup-v2",
    create: (name) => createGroup(join(parent, name), wanted.includes("cpu")),
    leftBehind: (prefix) => childGroups(parent, prefix).map((folder) => ({ folder, pids: readPids(folder) })),
  };
}

function handDown(folder: string, controllers: readonly string[]): void {
  const active = readControl(folder, "cgroup.subtree_control").trim().split(" ");
  for (const name of controllers) if (!active.includes(name)) writeFileSync(join(folder, "cgroup.subtree_control"), `+${name}`);
}

function setLimits(folder: string, limits: GroupLimits, cpu: boolean): void {
  const set = (file: string, value: string | number): void => writeFileSync(join(folder, file), String(value));
  set("memory.max", limits.memoryMiB * MIB);
  // Absent on kernels without swap; then there is nothing to flee into.
  if (readControl(folder, "memory.swap.max") !== "") set("memory.swap.max", 0);
  set("memory.oom.group", limits.endTogether ? 1 : 0);
  set("pids.max", limits.maxProcesses + WRAPPER_PROCESSES);
  if (cpu) set("cpu.weight", Math.min(10_000, Math.max(1, Math.round(limits.vcpus * WEIGHT_PER_VCPU))));
}

function createGroup(folder: string, cpu: boolean): MachineGroup {
  mkdirSync(folder, { recursive: true });
  let sampledHighMiB = 0;
  const usedMiB = (): number => {
    const used = readNumber(folder, "memory.current") / MIB;
    sampledHighMiB = Math.max(sampledHighMiB, used);
    return used;
  };
  return {
    limit: (limits) => setLimits(folder, limits, cpu),
    joinFiles: [join(folder, "cgroup.procs")],
    folders: [folder],
    pids: () => readPids(folder),
    oomKills: () => readKey(readControl(folder, "memory.events"), "oom_kill"),
    memory: () => {
      const stat = readControl(folder, "memory.stat");
      return { usedMiB: usedMiB(), fileCacheMiB: Math.max(0, readKey(stat, "file") - readKey(stat, "shmem")) / MIB };
    },
    // memory.peak came with Linux 5.19; before it, the highest sample.
    highWaterMiB: () => Math.max(readNumber(folder, "memory.peak") / MIB, sampledHighMiB),
    cpuSeconds: () => readKey(readControl(folder, "cpu.stat"), "usage_usec") / 1e6,
    remove: () => removeGroup(folder),
  };
}
