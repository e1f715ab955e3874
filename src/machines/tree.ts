import { allPids, childrenOf, read, signalPid, startTicks, treeOf } from "./proc.ts";

/** The environment variable that marks a plain child's descendants, where no namespace or group holds them together. */
export const MARK = "SAGEBRUSH_MACHINE";

/** The processes of one running program. */
export interface ProcessTree {
  /** The program's own processes, without the wrappers around it. */
  pids(): readonly number[];
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL to everything, wrappers included. */
  kill(): void;
}

/**
 * Below a pid namespace the tree is complete: orphans go to the namespace's init, which is in it. `wrappers` is how
 * many generations (unshare, init) stand above the program.
 */
export function namespacedTree(root: number, wrappers: number): ProcessTree {
  const pids = (): readonly number[] => {
    let generation: readonly number[] = [root];
    for (let level = 0; level < wrappers; level++) generation = generation.flatMap(childrenOf);
    // The second child of init and later ones are orphans that it adopted; they belong to the program.
    return generation.flatMap(treeOf);
  };
  return {
    pids,
    signal: (signal) => pids().forEach((pid) => void signalPid(pid, signal)),
    // The namespace's init dies with its parent, and the kernel kills the namespace with its init.
    kill: () => {
      const all = treeOf(root);
      signalPid(root, "SIGKILL");
      all.forEach((pid) => void signalPid(pid, "SIGKILL"));
    },
  };
}

/**
 * Without a namespace: what descends from the root, what was ever seen to, and what carries the mark in its
 * environment. `hunt` finds all by mark or user, slowly, for endings; `others` names the machine's control group.
 */
export function plainTree(root: number, hunt: () => readonly number[], others: () => readonly number[]): ProcessTree {
  const seen = new Map<number, string>();
  const pids = (): readonly number[] => {
    for (const pid of [...treeOf(root), ...others()]) {
      const began = startTicks(pid);
      if (began !== undefined) for (const below of treeOf(pid)) seen.set(below, startTicks(below) ?? "");
    }
    for (const [pid, began] of seen) if (startTicks(pid) !== began) seen.delete(pid);
    return [...seen.keys()];
  };
  const everything = (): readonly number[] => [...new Set([...pids(), ...hunt()])];
  return {
    pids,
    signal: (signal) => everything().forEach((pid) => void signalPid(pid, signal)),
    kill: () => {
      // Twice: a process may have forked between the listing and the signal.
      for (let round = 0; round < 2; round++) everything().forEach((pid) => void signalPid(pid, "SIGKILL"));
    },
  };
}

/** Every process whose environment carries the mark. Slow (all of /proc), so only for endings. */
export const marked = (mark: string): readonly number[] =>
  allPids().filter((pid) => read(`/proc/${pid}/environ`)?.split("\0").includes(`${MARK}=${mark}`) ?? false);
