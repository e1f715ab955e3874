import { SECOND, type Milliseconds } from "../base/instant.ts";
import type { Clock } from "../shared/clock.ts";
import { exitOf } from "./exit.ts";
import { READY } from "./launch/program-script.ts";
import { readLines } from "./lines.ts";
import { signalPid } from "./proc.ts";
import { keepServerFor, type Seat } from "./seat.ts";
import type { ProcessTree } from "./tree.ts";
import type { Exit, MachineProcess, ProcessSpec } from "./types.ts";

/** Preparation that says more than this is not worth keeping. */
const MAX_SAID = 2_000;
/** How long stopping waits before signalling processes that appeared meanwhile. */
const RESEND: Milliseconds = 50;
/** A program that is gone but whose output stays open has left something behind that we could not see. */
const OUTPUT_GRACE: Milliseconds = 2 * SECOND;

export interface Launch {
  readonly seat: Seat;
  readonly commands: string;
  readonly script: string;
  readonly onLine: ProcessSpec["onLine"];
  readonly warn: (message: string) => void;
  readonly throughShell: boolean;
  readonly clock: Clock;
  readonly tree: ProcessTree;
  /** Called when the wrapper is gone: end what it left, say what memory did. */
  readonly ended: () => { readonly outOfMemory: boolean; readonly peakMiB: number; readonly limitMiB: number };
}

/** A process that never was. */
export const notStarted = (reason: string): MachineProcess => {
  const exit: Exit = { kind: "not-started", reason };
  return { pid: 0, exited: Promise.resolve(exit), signal: () => undefined, stop: () => Promise.resolve(exit) };
};

/** Tells a seat its program and waits until the program itself begins or the preparation fails. */
export async function launch(parts: Launch): Promise<MachineProcess & { readonly tree: ProcessTree }> {
  const { seat, tree } = parts;
  keepServerFor(seat);
  let ready = false;
  let said = "";
  const began = new Promise<void>((resolve) => {
    let heard = "";
    seat.script.on("data", (chunk: Buffer) => {
      if (ready) return;
      heard = (heard + chunk.toString("latin1")).slice(-READY.length);
      if (heard !== READY) return;
      ready = true;
      resolve();
    });
    void seat.gone.then(() => resolve());
  });
  seat.commands.end(parts.commands);
  seat.script.end(parts.script);
  await began;

  // Not read before: the program's first words must not be taken for the preparation's.
  const { stdout, stderr } = seat.child;
  const deliver = (stream: "stdout" | "stderr") => (line: string): void | Promise<void> => {
    if (ready) return parts.onLine?.(line, stream);
    said = `${said}${said === "" ? "" : "\n"}${line}`.slice(0, MAX_SAID);
  };
  const streams = [stdout, stderr].filter((stream) => stream !== null);
  const lost = (error: unknown): void => parts.warn(`Output of process ${seat.pid} was not taken: ${error instanceof Error ? error.stack : String(error)}`);
  const output = Promise.all([stdout && readLines(stdout, deliver("stdout"), lost), stderr && readLines(stderr, deliver("stderr"), lost)]);
  const exited = seat.gone.then(async ({ code, signal, error }) => {
    said ||= error ?? "";
    const memory = parts.ended();
    const timer = parts.clock.every(OUTPUT_GRACE, () => streams.filter((stream) => !stream.isPaused()).forEach((stream) => stream.destroy()));
    await output;
    timer.cancel();
    seat.script.destroy();
    seat.commands.destroy();
    return exitOf({ code, signal, ready, said, throughShell: parts.throughShell, ...memory });
  });

  const stop = async (grace: Milliseconds): Promise<Exit> => {
    const deadline = parts.clock.monotonic() + grace;
    const told = new Set<number>();
    let exit: Exit | undefined;
    void exited.then((how) => (exit = how));
    while (exit === undefined && parts.clock.monotonic() < deadline) {
      for (const each of tree.pids()) {
        if (told.has(each)) continue;
        told.add(each);
        signalPid(each, "SIGTERM");
      }
      await Promise.race([exited, parts.clock.sleep(Math.min(RESEND, Math.max(1, deadline - parts.clock.monotonic())))]);
    }
    if (exit === undefined) tree.kill();
    return exited;
  };
  return { pid: seat.pid, exited, tree, signal: (signal) => tree.signal(signal), stop };
}
