import { read } from "./proc.ts";
import type { ProcessTree } from "./tree.ts";

/** Bytes that a machine's processes had from storage and gave to it; what the file cache answered is not among them. */
export interface StorageBytes {
  readonly read: number;
  readonly written: number;
}

const NONE: StorageBytes = { read: 0, written: 0 };

const plus = (a: StorageBytes, b: StorageBytes): StorageBytes => ({ read: a.read + b.read, written: a.written + b.written });

/** Of one process, by the kernel's count (`/proc/<pid>/io`); nothing where that may not be read. */
function bytesOf(pid: number): StorageBytes {
  const text = read(`/proc/${pid}/io`);
  const value = (key: string): number => Number(new RegExp(`^${key}: (\\d+)$`, "m").exec(text ?? "")?.[1] ?? 0);
  return text === undefined ? NONE : { read: value("read_bytes"), written: value("write_bytes") };
}

/** Counts as long as it is asked: what a process did between the last question and its end is not known. */
export function storageMeter(trees: () => readonly ProcessTree[]): () => StorageBytes {
  let gone = NONE;
  let living = new Map<number, StorageBytes>();
  return () => {
    const now = new Map(trees().flatMap((tree) => [...tree.pids()]).map((pid) => [pid, bytesOf(pid)]));
    for (const [pid, bytes] of living) if (!now.has(pid)) gone = plus(gone, bytes);
    living = now;
    return [...now.values()].reduce(plus, gone);
  };
}
