import { FIRST_DESCRIPTOR, type MountPlan } from "./mount-plan.ts";
import type { Tools } from "./tools.ts";

/** How programs are separated on this host, best first; chosen once by `probeLaunch`. */
export type LaunchMode =
  /** As root: a user id of its own inside mount and pid namespaces. */
  | "own-user-namespaces"
  /** As root where namespaces are refused (most containers): a user id of its own. */
  | "own-user"
  /** As an ordinary user: user, mount and pid namespaces. */
  | "user-namespace"
  /** A plain child process. */
  | "plain";

export const hasPidNamespace = (mode: LaunchMode): boolean => mode === "own-user-namespaces" || mode === "user-namespace";

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const words = (parts: readonly string[]): string => parts.map(quote).join(" ");

/** The kernel sends it when the thread that started us ends, so kill -9 of the server ends its machines at once. */
const DIE_WITH_SERVER = ["--pdeathsig", "KILL"];

/** A process that may do what root does within namespaces of its own, where the server is not root. */
const asRootOfItsOwn = (mode: LaunchMode, unshare: string): readonly string[] => (mode === "user-namespace" ? [unshare, "--user", "--map-root-user"] : []);

/** The arguments of /bin/sh that make a process the holder of a network that leads nowhere, until its input is closed. */
export function holderCommand(mode: LaunchMode, { unshare = "unshare", ip }: Tools & { readonly ip: string }): readonly string[] {
  return ["-c", `exec ${words([...asRootOfItsOwn(mode, unshare), unshare, "--net", "/bin/sh", "-c", `${quote(ip)} link set lo up && echo up && exec cat >/dev/null`])}`];
}

/** Into the network that a process holds; where the server is not root that is the holder's user namespace too, to which it belongs. */
const enterNetwork = (mode: LaunchMode, { nsenter = "nsenter" }: Tools, holder: number): readonly string[] =>
  [nsenter, ...(mode === "user-namespace" ? [`--user=/proc/${holder}/ns/user`, "--preserve-credentials"] : []), `--net=/proc/${holder}/ns/net`];

/**
 * The arguments of /bin/sh that make a process a seat for a program: it joins the control groups, enters the namespaces
 * and waits for commands on descriptor 4. This is the slow half of starting (joining groups waits for the kernel's
 * other readers, some 10 ms) and does not depend on the program, so it is done ahead.
 */
export function seatArguments(mode: LaunchMode, tools: Tools, { joinFiles, network }: { readonly joinFiles: readonly string[]; readonly network?: number | undefined }): readonly string[] {
  const joins = joinFiles.map((file) => `echo $$ > ${quote(file)} || exit 125`);
  const unshare = tools.unshare ?? "unshare";
  const enter = !hasPidNamespace(mode) ? [] : [
    // A user namespace of its own first: entering one makes the kernel forget the death signal.
    ...(network === undefined ? asRootOfItsOwn(mode, unshare) : enterNetwork(mode, tools, network)),
    ...(tools.setpriv === undefined ? [] : [tools.setpriv, ...DIE_WITH_SERVER]),
    // With the processes goes their System V shared memory, which would otherwise stay in the host's memory for good.
    unshare, "--mount", "--ipc", "--pid", "--fork", "--kill-child=KILL", "--mount-proc",
  ];
  const die = enter.length > 0 || tools.setpriv === undefined ? [] : [tools.setpriv, ...DIE_WITH_SERVER];
  return ["-c", [...joins, `exec ${words([...enter, ...die, "/bin/sh", "-s"])} <&4 4<&-`].join("\n")];
}

export interface SeatCommands {
  readonly mode: LaunchMode;
  readonly tools: Tools;
  /** The machine's user, in the modes that have one. */
  readonly uid: number | undefined;
  /** RLIMIT_NPROC, where no control group counts processes. */
  readonly maxProcesses: number | undefined;
  readonly plan: MountPlan | undefined;
  readonly fstabFile: string | undefined;
  /** Makes the host's root file system read-only to the machine, where its user is the server's own. */
  readonly readOnlyRoot: boolean;
}

/**
 * What the seat's shell is told when its program comes. In a pid namespace that shell is the first process: it mounts,
 * starts the program, adopts and reaps orphans, and ends with the program's own code (128 + n for signal n). The program
 * itself must not be first: the kernel withholds from a namespace's first process every signal that it does not handle,
 * SIGTERM included.
 */
export function seatCommands(needs: SeatCommands): string {
  const { plan, fstabFile, tools } = needs;
  const become = words([...dropPrivileges(needs), ...limitProcesses(needs), "/bin/sh", "-s"]);
  const mounting = plan === undefined || fstabFile === undefined ? [] : [
    ...plan.opened.map((folder, index) => `exec ${FIRST_DESCRIPTOR + index}<${quote(folder)} || exit 125`),
    `${words([tools.mount ?? "mount", "--no-canonicalize", "--all", "--fstab", fstabFile])} || exit 125`,
    ...plan.opened.map((_, index) => `exec ${FIRST_DESCRIPTOR + index}<&-`),
    // Last: what was shown writable before stays so.
    ...(needs.readOnlyRoot ? [`${words([tools.mount ?? "mount", "--options", "remount,bind,ro", "/"])} || exit 125`] : []),
  ];
  const run = hasPidNamespace(needs.mode) ? [
    // The shell reports a killed child on its stderr; those words are not the program's. The subshell matters: without
    // it the shell redirects itself while it waits.
    "exec 4>&2 2>/dev/null",
    `(exec ${become} <&3 2>&4 4>&-)`,
    "exit $?",
  ] : [`exec ${become} <&3`];
  // One block, so that commands cut short by the server's death are a syntax error and nothing else.
  return ["{", ...mounting, ...run, "}", ""].join("\n");
}

function dropPrivileges({ mode, tools, uid }: SeatCommands): readonly string[] {
  if (mode === "plain" || tools.setpriv === undefined) return [];
  const user = uid === undefined ? [] : [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
  // A change of user makes the kernel forget the death signal, so it is set again.
  const die = mode === "own-user" ? DIE_WITH_SERVER : [];
  return [tools.setpriv, ...user, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", ...die];
}

const limitProcesses = ({ tools, maxProcesses }: SeatCommands): readonly string[] =>
  maxProcesses === undefined || tools.prlimit === undefined ? [] : [tools.prlimit, `--nproc=${maxProcesses}`];
