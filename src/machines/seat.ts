import { spawn, type ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import type { MachineGroup } from "./cgroups/group.ts";
import { seatArguments } from "./launch/chain.ts";
import { WRAPPER_ENVIRONMENT } from "./launch/program-script.ts";
import { signalPid } from "./proc.ts";
import type { Separation } from "./separation.ts";
import type { MachineNetwork } from "./types.ts";

/** A prepared process in a machine's groups and namespaces, waiting to be told which program it becomes. */
export interface Seat {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Carries the program's script in, and its READY out. */
  readonly script: Duplex;
  readonly commands: Duplex;
  /** Resolves with code and signal when the process is gone; never rejects. */
  readonly gone: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly error?: string }>;
}

/** Starts a seat; it prepares itself while the caller goes on. Throws when the server may open no more files. */
export function startSeat(separation: Pick<Separation, "mode" | "tools">, group: MachineGroup | undefined, network?: MachineNetwork): Seat {
  const child = spawn("/bin/sh", [...seatArguments(separation.mode, separation.tools, { joinFiles: group?.joinFiles ?? [], network: network?.pid })], {
    cwd: "/", env: WRAPPER_ENVIRONMENT, detached: true, stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  const gone: Seat["gone"] = new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", (error) => child.pid === undefined && resolve({ code: null, signal: null, error: error.message }));
  });
  // Where no file descriptor is left Node gives a child without pipes, though its types do not say so.
  if ((child.stdio as unknown) === undefined) throw new Error("the server has no file descriptor left to start a program with");
  const script = child.stdio[3] as Duplex;
  const commands = child.stdio[4] as Duplex;
  // A seat that ends early breaks its pipes; `gone` tells of it.
  for (const stream of [script, commands]) stream.on("error", () => undefined);
  // Waiting seats must not keep the server alive.
  for (const stream of [child.stdout, child.stderr, script, commands]) unref(stream);
  child.unref();
  return { pid: child.pid ?? 0, child, script, commands, gone };
}

/** Node's pipes are sockets, though their types do not say so. */
function unref(stream: unknown): void {
  (stream as { unref?: () => void } | null)?.unref?.();
}

export function keepServerFor(seat: Seat): void {
  seat.child.ref();
  for (const stream of [seat.child.stdout, seat.child.stderr, seat.script]) (stream as unknown as { ref?: () => void } | null)?.ref?.();
}

/** Kills a seat that becomes no program; resolves when it is gone. */
export async function endSeat(seat: Seat): Promise<void> {
  keepServerFor(seat);
  signalPid(seat.pid, "SIGKILL");
  await seat.gone;
}
