import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { childGroups, readControl, readKey, readNumber, readPids, removeGroup } from "./files.ts";
import { MIB, WRAPPER_PROCESSES, type GroupHierarchy, type GroupLimits, type MachineGroup } from "./group.ts";

const PARENT = "sagebrush";
/** cpu.shares of one vCPU: the kernel's own default weight. */
const SHARES_PER_VCPU = 1024;

/** Version 1: one hierarchy a controller. `mounts` are those found writable; memory must be among them. */
export function openV1(mounts: ReadonlyMap<string, string>): GroupHierarchy {
  const parents = new Map<string, string>();
  for (const controller of ["memory", "pids", "cpu", "cpuacct"]) {
    const mount = mounts.get(controller);
    if (mount === undefined) continue;
    const parent = join(mount, PARENT);
    mkdirSync(parent, { recursive: true });
    parents.set(controller, parent);
  }
  // Without it a group does not pass its memory up, and a limit put on all machines together would not hold.
  trySet(parents.get("memory") ?? "", "memory.use_hierarchy", "1");
  // Beside it stand single processes of this weight; machines together are to count as much as the host has cores.
  trySet(parents.get("cpu") ?? "", "cpu.shares", String(availableParallelism() * SHARES_PER_VCPU));
  return {
    memory: "cgroup-v1",
    cpu: parents.has("cpu") ? "cgroup-v1" : "nice",
    processes: parents.has("pids") ? "cgroup-v1" : "none",
    create: (name) => createGroup(parents, name),
    leftBehind: (prefix) =>
      [...new Set(parents.values())].flatMap((parent) => childGroups(parent, prefix)).map((folder) => ({ folder, pids: readPids(folder) })),
  };
}

function createGroup(parents: ReadonlyMap<string, string>, name: string): MachineGroup {
  const folders = new Map<string, string>();
  for (const [controller, parent] of parents) {
    const folder = join(parent, name);
    mkdirSync(folder, { recursive: true });
    folders.set(controller, folder);
  }
  const memory = folders.get("memory") ?? "";
  const all = [...new Set(folders.values())];
  return {
    limit: (limits) => setLimits(folders, limits),
    joinFiles: all.map((folder) => join(folder, "cgroup.procs")),
    folders: all,
    pids: () => readPids(memory),
    oomKills: () => readKey(readControl(memory, "memory.oom_control"), "oom_kill"),
    memory: () => {
      const stat = readControl(memory, "memory.stat");
      // Shared memory is counted as cache by the kernel but cannot be dropped.
      return {
        usedMiB: readNumber(memory, "memory.usage_in_bytes") / MIB,
        fileCacheMiB: Math.max(0, readKey(stat, "total_cache") - readKey(stat, "total_shmem")) / MIB,
      };
    },
    highWaterMiB: () => readNumber(memory, "memory.max_usage_in_bytes") / MIB,
    cpuSeconds: () => readNumber(folders.get("cpuacct") ?? "", "cpuacct.usage") / 1e9,
    remove: () => all.map(removeGroup).every(Boolean),
  };
}

function setLimits(folders: ReadonlyMap<string, string>, limits: GroupLimits): void {
  const memory = folders.get("memory") ?? "";
  const bytes = String(limits.memoryMiB * MIB);
  writeFileSync(join(memory, "memory.limit_in_bytes"), bytes);
  // Memory and swap together, so that a machine cannot flee into swap; without swap accounting, no swapping at all.
  if (!trySet(memory, "memory.memsw.limit_in_bytes", bytes)) trySet(memory, "memory.swappiness", "0");
  const pids = folders.get("pids");
  if (pids !== undefined) writeFileSync(join(pids, "pids.max"), String(limits.maxProcesses + WRAPPER_PROCESSES));
  const cpu = folders.get("cpu");
  if (cpu !== undefined) writeFileSync(join(cpu, "cpu.shares"), String(Math.max(2, Math.round(limits.vcpus * SHARES_PER_VCPU))));
}

function trySet(folder: string, file: string, value: string): boolean {
  try {
    writeFileSync(join(folder, file), value);
    return true;
  } catch {
    return false;
  }
}
