import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { controlMounts, readPids, removeGroup } from "./files.ts";
import type { GroupHierarchy, MachineGroup } from "./group.ts";
import { openV1 } from "./v1.ts";
import { openV2 } from "./v2.ts";

export interface GroupProbe {
  readonly hierarchy: GroupHierarchy | undefined;
  readonly notes: readonly string[];
}

/** Finds control groups that really can be used: makes one, lets a process join it, removes it. Version 2 before 1. */
export async function probeGroups(name: string, atMost: "cgroup-v2" | "cgroup-v1" | "watchdog"): Promise<GroupProbe> {
  if (atMost === "watchdog") return { hierarchy: undefined, notes: [] };
  const mounts = controlMounts(readText("/proc/self/mountinfo"));
  const reasons: string[] = [];
  const attempt = async (open: () => GroupHierarchy): Promise<GroupHierarchy | undefined> => {
    try {
      const hierarchy = open();
      await prove(hierarchy, name);
      return hierarchy;
    } catch (error) {
      reasons.push((error as Error).message);
      return undefined;
    }
  };
  if (atMost === "cgroup-v2" && mounts.v2 !== undefined) {
    for (const root of rootsV2(mounts.v2)) {
      const hierarchy = await attempt(() => openV2(root));
      if (hierarchy !== undefined) return { hierarchy, notes: [] };
    }
  }
  if (mounts.v1.has("memory")) {
    const hierarchy = await attempt(() => openV1(mounts.v1));
    if (hierarchy !== undefined) {
      return { hierarchy, notes: hierarchy.processes === "none" ? ["No pids control group: process counts are limited otherwise, or not at all."] : [] };
    }
  }
  const why = reasons.at(-1) ?? "none is mounted";
  return { hierarchy: undefined, notes: [`Control groups cannot be used (${why}): memory is watched every 20 ms and the machine ended when it exceeds its limit, which a fast program overshoots for a moment.`] };
}

/** Root may use the system's root group; others the group above their own, where systemd handed it to them. */
function rootsV2(mount: string): readonly string[] {
  const own = /^0::(.*)$/m.exec(readText("/proc/self/cgroup"))?.[1] ?? "/";
  const above = dirname(join(mount, own));
  return process.getuid?.() === 0 ? [mount, above] : [above];
}

async function prove(hierarchy: GroupHierarchy, name: string): Promise<void> {
  const group: MachineGroup = hierarchy.create(name);
  try {
    group.limit({ memoryMiB: 64, vcpus: 1, maxProcesses: 8, endTogether: true });
    const joins = group.joinFiles.map((_, index) => `echo $$ > "$${index + 1}"`).join(" && ");
    await promisify(execFile)("/bin/sh", ["-c", joins, "sh", ...group.joinFiles]).catch((error: { readonly stderr?: string; readonly message: string }) => {
      throw new Error((error.stderr?.trim() || error.message).slice(0, 200));
    });
  } finally {
    for (const pid of group.pids()) process.kill(pid, "SIGKILL");
    for (const folder of group.folders) if (readPids(folder).length === 0) removeGroup(folder);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
