import { constants } from "node:os";
import type { Exit } from "./types.ts";

export interface Ending {
  /** From the wrapper process: its code, or the signal that ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether the program itself had begun. */
  readonly ready: boolean;
  /** What was said on stderr before it had. */
  readonly said: string;
  /** Whether a shell stands between and tells signals as 128 + n. */
  readonly throughShell: boolean;
  /** From the kernel's counter or our own watchdog, never from the signal. */
  readonly outOfMemory: boolean;
  readonly peakMiB: number;
  readonly limitMiB: number;
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

/**
 * How a program ended. A program that itself exits with 128 + n is told as signalled where a shell stands between; that
 * is every shell's and container engine's convention.
 */
export function exitOf(ending: Ending): Exit {
  // A program whose child was killed for memory and that ended well all the same has coped.
  if (ending.outOfMemory && ending.code !== 0) return { kind: "out-of-memory", peakMiB: Math.round(ending.peakMiB), limitMiB: ending.limitMiB };
  if (!ending.ready && ending.signal === null) {
    return { kind: "not-started", reason: ending.said || `the machine could not be prepared (code ${ending.code})` };
  }
  if (ending.signal !== null) return { kind: "signalled", signal: ending.signal };
  const code = ending.code ?? 0;
  const signal = ending.throughShell ? SIGNALS.get(code - 128) : undefined;
  return signal === undefined ? { kind: "exited", code } : { kind: "signalled", signal };
}
