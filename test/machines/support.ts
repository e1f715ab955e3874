import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestContext } from "vitest";
import { decidePlacement } from "../../src/decide/placement/index.ts";
import { openMachineHost, type IsolationReport, type Machine, type MachineHost, type MachineHostOptions, type MachineProcess, type ProcessSpec } from "../../src/machines/index.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { silentLog } from "../../src/shared/log.ts";

export const PYTHON = "/usr/bin/python3";
const PROGRAMS = join(dirname(fileURLToPath(import.meta.url)), "programs");
export const program = (name: string): string => join(PROGRAMS, name);

export interface TestHost extends AsyncDisposable {
  readonly host: MachineHost;
  readonly folder: string;
  machine(options?: { readonly memoryMiB?: number; readonly maxProcesses?: number }): Promise<Machine>;
}

/**
 * Names a test that this host cannot run as skipped, with what is missing. Where everything must run (CI as root:
 * SAGEBRUSH_TEST_ISOLATION=full) it fails instead: a probe that falls back unnoticed would hide all of these tests.
 */
export function needs({ skip }: Pick<TestContext, "skip">, isolation: IsolationReport, wanted: Partial<IsolationReport>): void {
  const missing = Object.entries(wanted).filter(([what, how]) => isolation[what as keyof IsolationReport] !== how).map(([what, how]) => `${what} by ${String(how)}`);
  if (missing.length === 0) return;
  if (process.env["SAGEBRUSH_TEST_ISOLATION"] === "full") throw new Error(`this host was to offer ${missing.join(", ")}: ${isolation.notes.join(" ")}`);
  skip(`this host does not offer ${missing.join(", ")}`);
}

let count = 0;

/** A host in a folder of its own, with everything ended when the test is. */
export async function startHost(options: Partial<MachineHostOptions> = {}): Promise<TestHost> {
  const folder = mkdtempSync(join(tmpdir(), "machines-test-"));
  chmodSync(folder, 0o700);
  const host = await openMachineHost({
    folder: join(folder, "machines"), hide: [folder], clock: systemClock, log: silentLog, place: (question) => decidePlacement(question), ...options,
  });
  return {
    host, folder,
    machine: async ({ memoryMiB = 256, maxProcesses = 64 } = {}) =>
      (await host.create({ id: `test-${++count}`, owner: "arn:aws:test", memoryMiB, vcpus: 1, maxProcesses }, { patience: 5_000 })).machine,
    [Symbol.asyncDispose]: async () => {
      await host.stop(0);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Ran {
  readonly process: MachineProcess;
  readonly lines: string[];
}

/** Starts a program on a machine and gathers its lines; waits for `until` to be said when given. */
export async function run(machine: Machine, spec: Partial<ProcessSpec> & Pick<ProcessSpec, "command" | "args">, until?: string): Promise<Ran> {
  const lines: string[] = [];
  let heard = (): void => undefined;
  const said = new Promise<void>((resolve) => (heard = resolve));
  const process = await machine.start({
    environment: {}, workingFolder: join(machine.folder, "tmp"), readable: [PROGRAMS],
    onLine: (line) => {
      lines.push(line);
      if (until !== undefined && line.includes(until)) heard();
    },
    ...spec,
  });
  if (until !== undefined) await Promise.race([said, process.exited]);
  return { process, lines };
}

export const python = (machine: Machine, name: string, ...args: readonly string[]): ReturnType<typeof run> =>
  run(machine, { command: PYTHON, args: [program(name), ...args] });
