import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SECOND, type Milliseconds } from "../../base/instant.ts";
import type { Exit, Machine, MachineProcess, ProcessSpec } from "../../machines/index.ts";
import type { Clock } from "../../shared/clock.ts";
import { cloudVariables } from "../cloud-variables.ts";
import type { Python } from "../python.ts";
import { threadVariables } from "../threads.ts";
import type { LifecycleScript, NotebookProgram, RunningNotebook, ScriptEnd } from "./types.ts";

export interface NotebookPorts {
  /** Whether programs see /home/ec2-user and /opt/ml; elsewhere they are told where the folders really are. */
  readonly mounted: boolean;
  readonly clock: Clock;
  readonly python: () => Promise<Python>;
}

const HOME = "/home/ec2-user";
const PATIENCE: Milliseconds = 90 * SECOND;
const ASK_AGAIN: Milliseconds = 100;

const folders = ({ mounted }: NotebookPorts, machine: Machine, program: NotebookProgram) => ({
  ml: join(machine.folder, "ml"),
  home: mounted ? HOME : program.volume,
  temporary: mounted ? "/tmp" : join(machine.folder, "tmp"),
});

/** The volume's folders, and the file by which the SDKs know that they are on a notebook instance: https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-metadata.html */
export async function prepare(ports: NotebookPorts, machine: Machine, program: NotebookProgram): Promise<void> {
  const { ml } = folders(ports, machine, program);
  await mkdir(join(ml, "metadata"), { recursive: true });
  await mkdir(join(machine.folder, "lifecycle"), { recursive: true });
  await writeFile(join(ml, "metadata/resource-metadata.json"), JSON.stringify({ ResourceArn: program.arn, ResourceName: program.name }));
  await machine.own(ml);
}

/** What a program on the notebook instance is started among. */
async function surroundings(ports: NotebookPorts, machine: Machine, program: NotebookProgram): Promise<Pick<ProcessSpec, "environment" | "workingFolder" | "mounts" | "readable"> & { readonly python: Python }> {
  const python = await ports.python();
  const { ml, home, temporary } = folders(ports, machine, program);
  return {
    python,
    workingFolder: join(machine.folder, "tmp"),
    mounts: { "/opt/ml": ml, [HOME]: program.volume },
    readable: python.folders,
    environment: {
      PATH: `${dirname(python.command)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      LANG: "C.UTF-8", HOME: home, TMPDIR: temporary, SHELL: "/bin/bash", USER: "ec2-user", LOGNAME: "ec2-user",
      ...cloudVariables({ region: program.region, ...program.cloud }),
      ...threadVariables(machine.limits.vcpus),
      ...(ports.mounted ? {} : { SAGEBRUSH_ML_ROOT: ml }),
    },
  };
}

/** Runs a lifecycle script to its end, or to its limit. */
export async function runScript(ports: NotebookPorts, { machine, program, script }: { readonly machine: Machine; readonly program: NotebookProgram; readonly script: LifecycleScript }): Promise<ScriptEnd> {
  const { python: _, ...where } = await surroundings(ports, machine, program);
  const file = join(machine.folder, "lifecycle", `${script.name}.sh`);
  await writeFile(file, script.content, { mode: 0o755 });
  // As AWS's scripts say themselves, bash; it reads the file, so that a script without "#!" runs too.
  const running = await machine.start({ ...where, command: "/bin/bash", args: [file], onLine: script.onLine });
  let late = false;
  const timer = ports.clock.after(script.limit, () => {
    late = true;
    running.signal("SIGKILL");
  });
  const exit = await running.exited;
  timer.cancel();
  if (late) return { kind: "too-long" };
  const code = codeOf(exit);
  return code === 0 ? { kind: "done" } : { kind: "failed", code };
}

const codeOf = (exit: Exit): number => (exit.kind === "exited" ? exit.code : exit.kind === "signalled" || exit.kind === "out-of-memory" ? 137 : 126);

/** Starts Jupyter on the machine's own address. Its token is in its environment alone: arguments are seen by everybody on the host. */
export async function startJupyter(ports: NotebookPorts, { machine, program, signal }: { readonly machine: Machine; readonly program: NotebookProgram; readonly signal: AbortSignal }): Promise<RunningNotebook> {
  const { python, ...where } = await surroundings(ports, machine, program);
  const { home, temporary } = folders(ports, machine, program);
  const settings = {
    ip: machine.address, port: program.port, port_retries: 0, open_browser: "False", root_dir: `${home}/SageMaker`, allow_root: "True",
    // The way in is the server's proxy, which removes Origin after it has checked it.
    allow_remote_access: "False",
  };
  const running = await machine.start({
    // Kernels and terminals that nobody gives a folder begin where Jupyter is.
    ...where, command: "/bin/sh", args: ["-c", 'cd "$0" && exec "$@"', `${home}/SageMaker`, python.command, "-m", "jupyterlab", ...Object.entries(settings).map(([name, value]) => `--ServerApp.${name}=${value}`)],
    // A runtime folder of its own: in the home folder, which stays, every life would leave the files of its token.
    environment: { ...where.environment, JUPYTER_TOKEN: program.token, JUPYTER_RUNTIME_DIR: `${temporary}/jupyter-runtime` },
    onLine: (line) => program.onLine(line.replaceAll(program.token, "[token]")),
  });
  const ended = running.exited.then(reasonOf);
  await untilAnswering(ports.clock, { running, ended, machine, program, signal });
  return { address: machine.address, port: program.port, ended, stop: async (grace) => void (await running.stop(grace)) };
}

function reasonOf(exit: Exit): string {
  switch (exit.kind) {
    case "exited": return `Jupyter ended with exit code ${exit.code}; its log says why.`;
    case "signalled": return `Jupyter was ended by ${exit.signal}.`;
    case "out-of-memory": return `Jupyter itself ran out of memory (peak ${exit.peakMiB} MiB of ${exit.limitMiB} MiB).`;
    case "not-started": return `Jupyter could not be started: ${exit.reason}`;
  }
}

interface Awaited {
  readonly running: MachineProcess;
  readonly ended: Promise<string>;
  readonly machine: Machine;
  readonly program: NotebookProgram;
  readonly signal: AbortSignal;
}

async function untilAnswering(clock: Clock, { running, ended, machine, program, signal }: Awaited): Promise<void> {
  const deadline = clock.monotonic() + PATIENCE;
  let why: string | undefined;
  void ended.then((reason) => (why = reason));
  for (;;) {
    if (signal.aborted) {
      await running.stop(0);
      throw signal.reason;
    }
    if (why !== undefined) throw new Error(why);
    if (clock.monotonic() > deadline) {
      await running.stop(0);
      throw new Error(`Jupyter did not answer within ${PATIENCE / SECOND} seconds.`);
    }
    const answer = await fetch(`http://${machine.address}:${program.port}/api`, { headers: { authorization: `token ${program.token}` } }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await clock.sleep(ASK_AGAIN);
  }
}
