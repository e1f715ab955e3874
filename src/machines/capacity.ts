import { readdirSync, statfsSync } from "node:fs";
import { availableParallelism, freemem, totalmem } from "node:os";
import { join } from "node:path";
import type { PlacementQuestion } from "../base/placement.ts";
import { controlMounts } from "./cgroups/files.ts";
import { MIB } from "./cgroups/group.ts";
import { read } from "./proc.ts";

/** Memory, CPUs and GPUs of this host; memory is the server's own control group's where that has a smaller limit. */
export function hostCapacity(): PlacementQuestion["host"] {
  const limit = ownGroup()?.limitMiB ?? Infinity;
  return { memoryMiB: Math.floor(Math.min(totalmem() / MIB, limit)), cpus: availableParallelism(), gpus: countGpus() };
}

/** Memory in use by anyone, in the measure that `hostCapacity` is in. File cache that can be dropped is not in use. */
export function usedMemoryMiB(): number {
  const group = ownGroup();
  if (group !== undefined) return group.usedMiB;
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(read("/proc/meminfo") ?? "")?.[1];
  return Math.ceil((totalmem() - (available === undefined ? freemem() : Number(available) * 1024)) / MIB);
}

/** What may still be written on the disk of this folder by anyone but root; undefined where the system does not tell. */
export function freeDiskMiB(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.floor((bavail * bsize) / MIB);
  } catch {
    return undefined;
  }
}

/** The control group this process is in, where it limits memory below the host's. */
function ownGroup(): { readonly limitMiB: number; readonly usedMiB: number } | undefined {
  const mounts = controlMounts(read("/proc/self/mountinfo") ?? "");
  const groups = read("/proc/self/cgroup") ?? "";
  const v1 = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(groups)?.[1];
  const v2 = /^0::(.*)$/m.exec(groups)?.[1];
  const candidates = [
    ...(v1 !== undefined ? foldersOf(mounts.v1.get("memory"), v1).map((folder) => [folder, "memory.limit_in_bytes", "memory.usage_in_bytes"] as const) : []),
    ...(v2 !== undefined ? foldersOf(mounts.v2, v2).map((folder) => [folder, "memory.max", "memory.current"] as const) : []),
  ];
  for (const [folder, limitFile, usageFile] of candidates) {
    const limit = Number(read(join(folder, limitFile))?.trim());
    if (limit > 0 && limit < totalmem()) return { limitMiB: limit / MIB, usedMiB: Number(read(join(folder, usageFile))?.trim() ?? 0) / MIB };
  }
  return undefined;
}

/** A container often sees its group at the mount's root, whatever path the kernel tells. */
const foldersOf = (mount: string | undefined, path: string): readonly string[] => (mount === undefined ? [] : [join(mount, path), mount]);

/** Device files of NVIDIA's driver: one a GPU. */
function countGpus(): number {
  try {
    return readdirSync("/dev").filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}
