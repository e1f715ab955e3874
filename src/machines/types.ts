import type { Milliseconds } from "../base/instant.ts";
import type { PlacementQuestion } from "../base/placement.ts";

/** What is really enforced on this host, probed once at start; printed by `serve` and `doctor`, kept in job records. */
export interface IsolationReport {
  readonly memory: "cgroup-v2" | "cgroup-v1" | "watchdog";
  readonly cpu: "cgroup-v2" | "cgroup-v1" | "nice";
  readonly processes: "cgroup-v2" | "cgroup-v1" | "rlimit" | "none";
  /** Who machines are on this host: users of their own, or the server's own user. */
  readonly identity: "own-user" | "pid-namespace" | "same-user";
  readonly files: "mount-namespace" | "permissions" | "none";
  /** `shared`: machines use the host's own network unless they are given another; what keeps them from being anybody else is who they are, not where. */
  readonly network: "shared";
  /** Each weaker than the best, in a sentence a user understands. */
  readonly notes: readonly string[];
}

/** A network that leads nowhere, for machines that may reach one another alone. */
export interface MachineNetwork {
  /** The process that holds it. */
  readonly pid: number;
  /** Machines that are still in it keep it. */
  close(): Promise<void>;
}

/** What a machine is to be. */
export interface MachineSpec {
  /** Unique among living machines and part of its folder's name: letters, digits and hyphens. */
  readonly id: string;
  /** The ARN of what it works for, for `doctor` and the logs. */
  readonly owner: string;
  readonly memoryMiB: number;
  /** vCPUs as the instance type has them; a share, not a pin. */
  readonly vcpus: number;
  readonly maxProcesses: number;
  /** GPUs as the instance type has them; 0 when not given. */
  readonly gpus?: number;
  /** The network that it is in; the host's own when not given. */
  readonly network?: MachineNetwork;
  /** The instance type's name for notes and refusals, e.g. `ml.m5.xlarge`. */
  readonly instanceType?: string;
  /** Folders outside the machine's own that it may write and that stay when it goes; `mounts` show them. Given to its user when it is made. */
  readonly volumes?: readonly string[];
  /** When given, a lack of memory ends the biggest process alone, the machine lives on, and this is told. */
  readonly onOutOfMemory?: (peakMiB: number) => void;
}

export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment: nothing of the server's is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder inside the machine's folder. */
  readonly workingFolder: string;
  /**
   * Lines of stdout and stderr as they come, without the line end; very long ones are cut at 256 KiB as CloudWatch Logs
   * does. While a returned promise is pending the program's output is not read, so that a flood waits in the program.
   */
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void | Promise<void>;
  /** Read-only places outside the machine's folder that it needs to see (our program, its libraries; the command's own folder is seen anyway). */
  readonly readable?: readonly string[];
  /**
   * Folders by the paths the program knows: `{ "/opt/ml": "<machine folder>/ml" }`. Writable inside the machine's folder
   * and its volumes, read-only elsewhere. Honoured where the report says mount-namespace, ignored elsewhere. `/tmp` is the machine's own
   * anyway (`<machine folder>/tmp`) unless given here.
   */
  readonly mounts?: Readonly<Record<string, string>>;
}

export type Exit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: NodeJS.Signals }
  | { readonly kind: "out-of-memory"; readonly peakMiB: number; readonly limitMiB: number }
  | { readonly kind: "not-started"; readonly reason: string };

/** A program running on a machine, with every process it starts. */
export interface MachineProcess {
  readonly pid: number;
  /** Resolves when the program is gone and its output has been read; never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends a signal to the program's whole tree. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM to the tree, SIGKILL after the grace; resolves when everything is gone. */
  stop(grace: Milliseconds): Promise<Exit>;
}

/** A process tree with memory, CPU, process count, files and a loopback address of its own. */
export interface Machine {
  readonly spec: MachineSpec;
  /** Absolute path; everything in it belongs to the machine and is deleted with it. */
  readonly folder: string;
  /** A loopback address of its own, e.g. `127.0.1.7`, for programs that listen. */
  readonly address: string;
  start(process: ProcessSpec): Promise<MachineProcess>;
  /** Gives a folder or file placed by the server (downloads, code) to the machine's user. */
  own(path: string): Promise<void>;
  /** What it really got: its type's memory and vCPUs, or the host's where those are smaller. */
  readonly limits: { readonly memoryMiB: number; readonly vcpus: number };
  /** Highest memory of the tree so far, file cache not counted where the system tells it apart. */
  peakMiB(): number;
  /** Memory of the tree now, file cache not counted. */
  memoryMiB(): number;
  /** CPU seconds used by the tree so far. */
  cpuSeconds(): number;
  /** Bytes that the tree has read from storage and written to it, the file cache left out; at least, for processes that end between two questions. */
  storageBytes(): { readonly read: number; readonly written: number };
  /** SIGTERM to every program, SIGKILL after the grace, then as `destroy`. */
  end(grace: Milliseconds): Promise<void>;
  /** Ends every process at once and deletes the folder. Safe to call twice. */
  destroy(): Promise<void>;
}

export interface CreateOptions {
  readonly patience: Milliseconds;
  readonly signal?: AbortSignal;
  readonly onWait?: (reason: string) => void;
}

export interface MachineHost {
  readonly isolation: IsolationReport;
  /** Memory, CPUs and GPUs of the host, as placement sees them. */
  readonly capacity: PlacementQuestion["host"];
  /**
   * Makes a machine when there is room; waits up to `patience` for it. Throws NoCapacity when there is none by then, or
   * when the host can never run it.
   */
  create(spec: MachineSpec, options: CreateOptions): Promise<{ readonly machine: Machine; readonly notes: readonly string[] }>;
  /** A network that leads nowhere; rejects with the reason where this host has none to give. */
  openNetwork(): Promise<MachineNetwork>;
  /** Whether a TCP connection to this server comes from a program on a machine (which can never be root). Doubt is a yes. */
  isMachinePeer(local: SocketEnd, remote: SocketEnd): boolean;
  /** Ends what an earlier server left behind: known by pid, start time and boot id, never by a pid alone. */
  reconcile(): Promise<{ readonly killed: number; readonly removed: number }>;
  /** Ends every machine; resolves when all are gone. */
  stop(grace: Milliseconds): Promise<void>;
}

export interface SocketEnd {
  readonly address: string;
  readonly port: number;
}

/** The host has no room (or never will). Services word it as AWS's CapacityError. */
export class NoCapacity extends Error {
  override readonly name = "NoCapacity";
}
