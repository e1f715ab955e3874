/** Memory of a group of processes: what the kernel charged, split into what can be dropped and what cannot. */
export interface GroupMemory {
  readonly usedMiB: number;
  readonly fileCacheMiB: number;
}

/** The control groups of one machine. Paths and counters differ between version 1 and 2; what they mean does not. */
export interface MachineGroup {
  /** Puts the limits on. Before, the group limits nothing: groups are made ahead of need. */
  limit(limits: GroupLimits): void;
  /** `cgroup.procs` files that a process writes itself into before it becomes the program. */
  readonly joinFiles: readonly string[];
  /** Directories to remove, for the journal. */
  readonly folders: readonly string[];
  pids(): readonly number[];
  /** How many processes the kernel killed here for want of memory. The only witness of out-of-memory: exit signals lie. */
  oomKills(): number;
  memory(): GroupMemory;
  /** The kernel's high-water mark, file cache included. */
  highWaterMiB(): number;
  cpuSeconds(): number;
  /** Removes the emptied groups; false while a dying process still holds one. */
  remove(): boolean;
}

export interface GroupLimits {
  readonly memoryMiB: number;
  readonly vcpus: number;
  readonly maxProcesses: number;
  /** A lack of memory ends every process of the group, where the kernel can be told so. */
  readonly endTogether: boolean;
}

/** A host's usable control groups, proven at start by really limiting a process. */
export interface GroupHierarchy {
  readonly memory: "cgroup-v2" | "cgroup-v1";
  readonly cpu: "cgroup-v2" | "cgroup-v1" | "nice";
  readonly processes: "cgroup-v2" | "cgroup-v1" | "rlimit" | "none";
  create(name: string): MachineGroup;
  /** Groups that carry this prefix: what an earlier server of the same folder left behind. */
  leftBehind(prefix: string): readonly { readonly folder: string; readonly pids: readonly number[] }[];
}

export const MIB = 1024 * 1024;
/** The programs around a machine's own (unshare, its init) count as processes too. */
export const WRAPPER_PROCESSES = 4;
