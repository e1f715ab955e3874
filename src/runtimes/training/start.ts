import { chmod } from "node:fs/promises";
import { join } from "node:path";
import type { IsolationReport, Machine, MachineProcess, ProcessSpec } from "../../machines/index.ts";
import { ArchiveError } from "../archive.ts";
import { ownFolders, ownProgram } from "../package-folders.ts";
import type { Python } from "../python.ts";
import { installRequirements } from "../requirements.ts";
import { bringCode, checkedEntry, isPackage, ScriptRefused } from "./code.ts";
import { jobVariables } from "./environment.ts";
import { entrypointProgram } from "./entrypoint.ts";
import { collectErrorLines, type ErrorLines } from "./error-lines.ts";
import { outcomeOf, reasonOf, toolkitError } from "./failure.ts";
import { scriptArguments, splitHyperparameters } from "./hyperparameters.ts";
import { trainingKindOf, unknownTrainingImage, type TrainingKind } from "./images.ts";
import { hookConfiguration, hookFolders, hookVariables } from "./hook.ts";
import { torchrunArguments, wantsTorchrun, writeHosts } from "./hosts.ts";
import { layOut } from "./layout.ts";
import { scriptVariables } from "./script-variables.ts";
import type { RunningTraining, TrainingProgram } from "./types.ts";

export interface TrainingPorts {
  readonly isolation: IsolationReport;
  readonly python: () => Promise<Python>;
  /** Where pip finds packages for jobs: PIP_INDEX_URL and its kin. */
  readonly pip: Readonly<Record<string, string>>;
  /** The user's folder of pretrained weights. */
  readonly torchHome: string | undefined;
}

/** Lays out `/opt/ml`, unpacks the code and starts the program that the image stands for. */
export async function startTraining(ports: TrainingPorts, machine: Machine, program: TrainingProgram): Promise<RunningTraining> {
  const kind = trainingKindOf(program.image);
  if (kind === undefined) return refused(`ClientError: ${unknownTrainingImage(program.image)}`);
  try {
    await layOut(program);
    const root = ports.isolation.files === "mount-namespace" ? "/opt/ml" : program.mlFolder;
    const errors = collectErrorLines();
    const onLine = (line: string, stream: "stdout" | "stderr"): Promise<void> => {
      errors.add(line, stream);
      return program.onLine(line);
    };
    const base = { workingFolder: join(machine.folder, "tmp"), mounts: { "/opt/ml": program.mlFolder, ...(await writeHosts(program, machine.folder)) }, onLine };
    if (kind === "image-classification") {
      await machine.own(program.mlFolder);
      const running = await machine.start({
        ...base, command: process.execPath, args: [ownProgram("algorithms/image-classification/train")],
        environment: { ...jobVariables(program, machine, root), ...hookConfiguration(program, root), ...program.environment }, readable: ownFolders(["onnxruntime-node", "sharp"]),
      });
      return runningTraining(running, machine, program);
    }
    if (program.entrypoint !== undefined) return await startEntrypoint({ ports, machine, program, root, base, entrypoint: program.entrypoint });
    return await startScript({ ports, machine, program, kind, root, base, errors });
  } catch (error) {
    const text = (error as Error).message;
    if (error instanceof ArchiveError || error instanceof ScriptRefused) return refused(`ClientError: ${text}`);
    return refused(`InternalServerError: We encountered an internal error. Please try again. (${text})`, true);
  }
}

interface EntrypointStart extends Pick<ScriptStart, "ports" | "machine" | "program" | "root" | "base"> {
  readonly entrypoint: readonly string[];
}

async function startEntrypoint({ ports, machine, program, root, base, entrypoint }: EntrypointStart): Promise<RunningTraining> {
  if (root !== "/opt/ml") throw new ScriptRefused("ContainerEntrypoint needs /opt/ml, which programs have only where this host allows mount namespaces.");
  await machine.own(program.mlFolder);
  const variables = { ...jobVariables(program, machine, root), ...program.environment };
  return runningTraining(await machine.start({ ...base, ...(await entrypointProgram(entrypoint, { machineFolder: machine.folder, python: await ports.python(), variables })) }), machine, program);
}

/** As Python's shlex.quote writes it. */
const shellWord = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`);

interface ScriptStart {
  readonly ports: TrainingPorts;
  readonly machine: Machine;
  readonly program: TrainingProgram;
  readonly kind: TrainingKind;
  readonly root: string;
  readonly base: Pick<ProcessSpec, "workingFolder" | "mounts" | "onLine">;
  readonly errors: ErrorLines;
}

async function startScript({ ports, machine, program, kind, root, base, errors }: ScriptStart): Promise<RunningTraining> {
  const parameters = splitHyperparameters(program.hyperparameters);
  const codeFolder = join(program.mlFolder, "code");
  await bringCode(program, parameters.submitDirectory, codeFolder);
  const entry = checkedEntry(parameters.program, codeFolder);
  await machine.own(program.mlFolder);

  const shell = entry.endsWith(".sh");
  const interpreter: Pick<Python, "command" | "folders"> = kind === "node-script" ? { command: process.execPath, folders: [] } : await ports.python();
  const scriptArgs = scriptArguments(parameters.own);
  if (shell) await chmod(join(codeFolder, entry), 0o755);
  let interpreted = interpreter.command;
  let inside = shell;
  const torchrun = kind === "python-script" && !shell && wantsTorchrun(program, parameters) ? torchrunArguments(program, parameters, { names: root === "/opt/ml" }) : [];
  const packaged = kind === "python-script" && isPackage(entry, codeFolder);
  const args = shell ? scriptArgs : [...torchrun, ...(packaged ? ["-m", entry.replace(/\.py$/, "")] : [entry]), ...scriptArgs];
  const environment = {
    ...jobVariables(program, machine, root),
    ...scriptVariables(program, parameters, { root, vcpus: machine.limits.vcpus, gpus: 0 }),
    ...(kind === "python-script" && hookVariables(program, root, ports.torchHome)),
    ...program.environment,
  };
  const where = { ...base, environment, workingFolder: codeFolder, readable: [...interpreter.folders, ...(kind === "python-script" ? [...hookFolders(), ...(ports.torchHome === undefined ? [] : [ports.torchHome])] : [])] };
  if (kind === "python-script") {
    const temporary = root === "/opt/ml" ? "/tmp" : join(machine.folder, "tmp");
    const equipped = await installRequirements(machine, { ...where, command: interpreter.command }, { codeFolder, seen: `${root}/code`, temporary, pip: ports.pip, say: (line) => program.onLine(line), isPackage: packaged });
    if (equipped.kind === "failed") {
      const [name, what] = equipped.step === "requirements" ? ["InstallRequirementsError", "-r requirements.txt"] : ["InstallModuleError", "."];
      return refused(reasonOf(toolkitError(name, { code: 1, message: equipped.message, command: `${interpreter.command} -m pip install ${what}` }), ", exit code: 1"));
    }
    if (equipped.own) {
      interpreted = equipped.command;
      inside = true;
    }
  }
  const command = shell ? join(root, "code", entry) : interpreted;
  // A shell runs what lies on the machine: a path there is not one that this side can check.
  const running = await machine.start(inside ? { ...where, command: "/bin/sh", args: ["-c", 'exec "$0" "$@"', command, ...args] } : { ...where, command, args });
  return runningTraining(running, machine, program, () => ({ command: shell ? `/bin/sh -c "./${[entry, ...args].map(shellWord).join(" ")}"` : [command, ...args].join(" "), message: errors.text() }));
}

const refused = (reason: string, internal = false): RunningTraining => ({ outcome: Promise.resolve({ kind: "failed", reason: reasonOf(reason), internal }), stop: () => Promise.resolve() });

function runningTraining(running: MachineProcess, machine: Machine, program: TrainingProgram, script?: () => { readonly command: string; readonly message: string }): RunningTraining {
  return {
    outcome: running.exited.then((exit) => outcomeOf({ exit, machine, instanceType: program.instanceType, mlFolder: program.mlFolder, ownEntrypoint: program.entrypoint !== undefined, script: script?.() })),
    stop: async (grace) => void (await running.stop(grace)),
  };
}
