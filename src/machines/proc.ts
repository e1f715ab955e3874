import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { MIB } from "./cgroups/group.ts";

/** Linux's page size on every platform that Node supports but some ARM kernels; those over-report, never under. */
const PAGE = 4096;
/** Clock ticks a second in /proc/<pid>/stat; 100 on every Linux architecture Node runs on. */
const TICKS = 100;

export const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/** Fields of /proc/<pid>/stat from the third on; the second, the name, may hold anything. */
function statFields(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** When the process began, in ticks since boot (field 22): with the boot id it tells a reused pid from the old one. */
export const startTicks = (pid: number): string | undefined => statFields(pid)?.[19];

/** CPU seconds of the process and of its children that it has waited for. */
export function cpuSecondsOf(pid: number): number {
  const fields = statFields(pid);
  return fields === undefined ? 0 : fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

export const residentMiB = (pid: number): number => (Number(read(`/proc/${pid}/statm`)?.split(" ")[1] ?? 0) * PAGE) / MIB;

export const bootId = (): string => read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";

/** Processes that a process's threads started, as the kernel lists them. */
export function childrenOf(pid: number): readonly number[] {
  let threads: readonly string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  return threads.flatMap((thread) => (read(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number));
}

/** A process and everything below it, parents first. */
export function treeOf(pid: number): readonly number[] {
  const found = [pid];
  for (let index = 0; index < found.length; index++) found.push(...childrenOf(found[index] ?? 0));
  return found;
}

export const allPids = (): readonly number[] => {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
};

export const userOf = (pid: number): number | undefined => {
  const match = /^Uid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? "");
  return match ? Number(match[1]) : undefined;
};

/** The process's pid namespace, e.g. `pid:[4026531836]`; undefined when it may not be seen. */
export const pidNamespaceOf = (pid: number | "self"): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
};

/** Sends a signal; a process that is already gone is what was wanted. */
export function signalPid(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
