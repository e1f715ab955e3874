import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = join(import.meta.dirname, "..", "..", "..", "bin", "sagebrush.mjs");

/** A `sagebrush` in a process of its own. */
export interface Program {
  readonly pid: number;
  said(): string;
  /** The first match of what it prints; rejects when it ends or the bound passes before. */
  until(pattern: RegExp, boundMs: number): Promise<RegExpExecArray>;
  /** Asks it to end and gives its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut would. Resolves when it is gone. */
  kill(): Promise<void>;
  ended(): boolean;
}

const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

export function startProgram(args: readonly string[]): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => {
      output += String(piece);
      listeners.forEach((listener) => listener());
    });
  }
  return {
    pid: child.pid ?? 0,
    said: () => output,
    ended: () => isOver(child),
    until: (pattern, boundMs) => new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      const look = (): void => {
        const match = pattern.exec(output);
        if (match) finish(() => resolve(match));
      };
      const timer = setTimeout(() => finish(() => reject(new Error(`not within ${boundMs / 1000} s: ${String(pattern)}. It said:\n${output.slice(-3000)}`))), boundMs);
      listeners.add(look);
      void exited.then(() => finish(() => (pattern.test(output) ? look() : reject(new Error(`it ended (${child.exitCode ?? child.signalCode ?? "?"}) before ${String(pattern)}. It said:\n${output.slice(-3000)}`)))));
      look();
    }),
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      return child.exitCode;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** A folder that is gone afterwards. */
export function temporaryFolder(name: string): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), `sagebrush-soak-${name}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
