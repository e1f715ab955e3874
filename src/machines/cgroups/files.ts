import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/** A control file's text; empty when it is gone (the group was removed, or the kernel lacks it). */
export function readControl(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return "";
  }
}

export const readNumber = (folder: string, file: string): number => Number(readControl(folder, file).trim()) || 0;

/** The value of a `key value` line of a control file, 0 when there is none. */
export function readKey(text: string, key: string): number {
  const match = new RegExp(`^${key} (\\d+)$`, "m").exec(text);
  return match ? Number(match[1]) : 0;
}

export const readPids = (folder: string): readonly number[] =>
  readControl(folder, "cgroup.procs").split("\n").filter(Boolean).map(Number);

/** Removes an empty group. True when it is gone. */
export function removeGroup(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

export function childGroups(folder: string, prefix: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}

/** Mount points of the control group file systems: version 2's, and version 1's by controller. */
export function controlMounts(mountinfo: string): { readonly v2: string | undefined; readonly v1: ReadonlyMap<string, string> } {
  const v1 = new Map<string, string>();
  let v2: string | undefined;
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const place = before.split(" ")[4]?.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const [type, , options = ""] = after.split(" ");
    if (place === undefined) continue;
    if (type === "cgroup2") v2 ??= place;
    if (type === "cgroup") for (const option of options.split(",")) if (!v1.has(option)) v1.set(option, place);
  }
  return { v2, v1 };
}
