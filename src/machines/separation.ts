import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Clock } from "../shared/clock.ts";
import { barrierAbove, insideOf, makeFolder } from "./folder.ts";
import { hasPidNamespace, seatCommands, type LaunchMode } from "./launch/chain.ts";
import { planMounts } from "./launch/mount-plan.ts";
import { programScript } from "./launch/program-script.ts";
import { findTools, type Tools } from "./launch/tools.ts";
import { launch } from "./process.ts";
import { startSeat } from "./seat.ts";
import { namespacedTree, plainTree } from "./tree.ts";
import type { IsolationReport, ProcessSpec } from "./types.ts";

/** How this host keeps machines apart, proven at start by running a program that way. */
export interface Separation {
  readonly mode: LaunchMode;
  readonly tools: Tools;
  /** Where machines' folders are. */
  readonly base: string;
  readonly hidden: readonly string[];
  readonly readOnlyRoot: boolean;
  readonly report: Pick<IsolationReport, "identity" | "files" | "notes">;
}

export interface SeparationOptions {
  readonly folder: string;
  readonly hide: readonly string[];
  readonly tag: string;
  readonly uid: number;
  readonly clock: Clock;
  readonly modes: readonly LaunchMode[];
}

const REPORTS: Record<LaunchMode, Separation["report"]> = {
  "own-user-namespaces": { identity: "own-user", files: "mount-namespace", notes: [] },
  "own-user": {
    identity: "own-user", files: "permissions",
    notes: ["Namespaces are refused here (containers usually do): machines are kept apart by users of their own and file permissions, share /tmp, and see /opt/ml only through environment variables."],
  },
  "user-namespace": {
    identity: "pid-namespace", files: "mount-namespace",
    notes: ["The server is not root: machines run as your own user in namespaces; your home folder and the data folder are hidden from them."],
  },
  plain: {
    identity: "same-user", files: "none",
    notes: ["Neither root nor user namespaces: machines are plain processes of your own user. They can read your files; root keys are generated and kept from their environment; /opt/ml is offered through environment variables only."],
  },
};

export const defaultModes = (): readonly LaunchMode[] =>
  process.getuid?.() === 0 ? ["own-user-namespaces", "own-user", "plain"] : ["user-namespace", "plain"];

const WRITABLE_ROOT = "The root file system cannot be made read-only for machines: they can change your files outside the home and data folders.";

/** Tries each mode with a real program, best first. */
export async function probeSeparation(options: SeparationOptions): Promise<Separation> {
  const tools = findTools();
  const reasons: string[] = [];
  for (const mode of options.modes) {
    const report = REPORTS[mode];
    // Users of their own have nothing to write to; a machine of the server's user has.
    for (const readOnlyRoot of mode === "user-namespace" ? [true, false] : [false]) {
      const notes = [...report.notes, ...(mode === "user-namespace" && !readOnlyRoot ? [WRITABLE_ROOT] : []), ...reasons];
      const separation: Separation = { mode, tools, base: baseFolder(mode, options), hidden: hiddenFolders(mode, options), readOnlyRoot, report: { ...report, notes } };
      const reason = mode === "plain" ? undefined : await attempt(separation, options);
      if (reason === undefined) return separation;
      reasons.push(`Tried ${mode}${readOnlyRoot ? " with a read-only root" : ""}: ${reason}`);
    }
  }
  throw new Error(`No way to start machines on this host. ${reasons.join(" ")}`);
}

async function attempt(separation: Separation, { uid, clock }: SeparationOptions): Promise<string | undefined> {
  if (separation.tools.setpriv === undefined) return "setpriv (util-linux) is not installed.";
  const folder = join(separation.base, "probe");
  await makeFolder(folder, uidIn(separation.mode, uid));
  try {
    const spec: ProcessSpec = { command: "/bin/true", args: [], environment: {}, workingFolder: join(folder, "tmp") };
    const orders = prepareOrders(separation, { folder, spec, uid, maxProcesses: undefined, volumes: [], fstabFile: join(separation.base, "probe.fstab") });
    const seat = startSeat(separation, undefined);
    const tree = hasPidNamespace(separation.mode) ? namespacedTree(seat.pid, 2) : plainTree(seat.pid, () => [], () => []);
    const running = await launch({ ...orders, seat, tree, onLine: undefined, warn: () => undefined, clock, ended: () => ({ outOfMemory: false, peakMiB: 0, limitMiB: 0 }) });
    orders.clean();
    const exit = await running.exited;
    if (exit.kind === "exited" && exit.code === 0) return undefined;
    return exit.kind === "not-started" ? exit.reason : JSON.stringify(exit);
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where every user may write on most hosts: the next machine of the same user would find what one left there. */
const WORLD_WRITABLE = ["/var/tmp", "/run/lock"];

export const uidIn = (mode: LaunchMode, uid: number): number | undefined => (mode === "own-user-namespaces" || mode === "own-user" ? uid : undefined);

/** Without mounts the machine's user must be able to walk to its folder, which it cannot inside the data folder. */
function baseFolder(mode: LaunchMode, { folder, tag }: SeparationOptions): string {
  const here = join(realpathSync(folder), "run");
  const base = mode === "own-user" && barrierAbove(join(here, "x")) !== undefined ? join(realpathSync(tmpdir()), `sagebrush-${tag}`) : here;
  mkdirSync(base, { recursive: true, mode: 0o711 });
  const facts = lstatSync(base);
  if (!facts.isDirectory() || facts.uid !== process.getuid?.()) throw new Error(`${base} belongs to somebody else.`);
  return base;
}

function hiddenFolders(mode: LaunchMode, { hide }: SeparationOptions): readonly string[] {
  const wanted = mode === "user-namespace" ? [...hide, homedir()] : hide;
  return wanted.filter((path) => subfolders(path) !== undefined && path !== "/").map((path) => realpathSync(path));
}

export interface OrderRequest {
  readonly folder: string;
  readonly spec: ProcessSpec;
  readonly uid: number;
  readonly maxProcesses: number | undefined;
  readonly volumes: readonly string[];
  readonly fstabFile: string;
}

/** What a seat is told so that it becomes one machine's program. Throws with a reason when that cannot be. */
export function prepareOrders(separation: Separation, request: OrderRequest): { readonly commands: string; readonly script: string; readonly throughShell: boolean; clean(): void } {
  const { mode, tools } = separation;
  const uid = uidIn(mode, request.uid);
  const { folder, spec } = request;
  const plan = !hasPidNamespace(mode) ? undefined : planMounts({
    folder, temporary: spec.mounts?.["/tmp"] ?? join(folder, "tmp"), scratch: uid === undefined ? [] : WORLD_WRITABLE, hidden: separation.hidden,
    readable: [spec.command, ...(spec.readable ?? [])].filter((path) => !insideOf(path, folder)).flatMap(readableFolders),
    volumes: request.volumes,
    mounts: Object.fromEntries(Object.entries(spec.mounts ?? {}).filter(([target]) => target !== "/tmp")),
    barrier: uid === undefined ? () => undefined : barrierAbove, there: existsSync, folders: subfolders,
  });
  if (plan !== undefined) writeFileSync(request.fstabFile, plan.fstab, { mode: 0o600 });
  return {
commands: seatCommands({ mode, tools, uid, maxProcesses: request.maxProcesses, plan, fstabFile: plan && request.fstabFile, readOnlyRoot: separation.readOnlyRoot }),
    script: programScript(plan === undefined ? spec : { ...spec, workingFolder: asSeen(spec) }),
    throughShell: hasPidNamespace(mode),
    clean: () => rmSync(request.fstabFile, { force: true }),
  };
}

/** The working folder as the program knows it: below a mount where one shows it. */
function asSeen({ workingFolder, mounts }: ProcessSpec): string {
  const shown = Object.entries(mounts ?? {}).find(([, source]) => insideOf(workingFolder, source));
  return shown === undefined ? workingFolder : shown[0] + workingFolder.slice(shown[1].length);
}

/** Only folders can be shown (a mount point for a file would have to exist already), by the path given and the real one. */
function readableFolders(path: string): readonly { readonly at: string; readonly source: string }[] {
  const folderOf = (file: string): string => (statSync(file).isDirectory() ? file : dirname(file));
  const real = folderOf(realpathSync(path));
  const given = folderOf(path);
  return given === real ? [{ at: real, source: real }] : [{ at: real, source: real }, { at: given, source: realpathSync(given) }];
}

/** Links to folders count: what is shown in their place is what they name. */
function subfolders(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(join(path, entry.name))))
      .map((entry) => entry.name);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
