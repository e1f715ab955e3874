import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Milliseconds } from "../../base/instant.ts";
import { findInstanceType } from "../../catalogue/instance-types.ts";
import type { Exit, IsolationReport, Machine, ProcessSpec } from "../../machines/types.ts";
import { readMachineFile } from "../../machines/index.ts";
import * as tar from "tar";
import { ownProgram, ownReadable } from "../programs.ts";
import type { ImageRuntime } from "../image.ts";
import { failureReason } from "./failure.ts";
import { writeConfiguration, type LayoutFacts } from "./layout.ts";
import { commandArguments, decodeHyperparameter, scriptEnvironment, scriptParameters } from "./script-mode.ts";

/** A job as its program is to see it; `/opt/ml/input/data/<channel>` is filled already. */
export interface TrainingProgram extends LayoutFacts {
  readonly jobArn: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  readonly endpoint: string;
  /** The machine's folder that is `/opt/ml`. */
  readonly mlFolder: string;
  /** The fetched `sagemaker_submit_directory`, when the job has one. */
  readonly sourceArchive: string | undefined;
  readonly onLine: (line: string) => Promise<void>;
}

export type TrainingOutcome = { readonly kind: "completed" } | { readonly kind: "failed"; readonly reason: string };

export interface RunningTraining {
  /** Never rejects. */
  readonly outcome: Promise<TrainingOutcome>;
  stop(grace: Milliseconds): Promise<void>;
}

/** Lines of standard error kept for the failure's message. */
const LAST_LINES = 20;
/** What a source archive may unpack to in bytes; beyond that it is a bomb. */
const MAX_SOURCE_BYTES = 2 * 1024 ** 3;

/** Lays `/opt/ml` out, and starts the program that the image stands for. */
export async function startTraining(machine: Machine, runtime: Exclude<ImageRuntime, { kind: "refused" }>, { program, isolation }: { readonly program: TrainingProgram; readonly isolation: IsolationReport }): Promise<RunningTraining> {
  await writeConfiguration(program.mlFolder, program);
  const mounted = isolation.files === "mount-namespace";
  const root = mounted ? "/opt/ml" : program.mlFolder;
  let command: Command;
  try {
    command = runtime.kind === "image-classification" ? builtIn(program) : await script(machine, runtime, { program, root });
  } catch (error) {
    return { outcome: Promise.resolve({ kind: "failed", reason: `ClientError: ${(error as Error).message}` }), stop: async () => undefined };
  }
  await machine.own(program.mlFolder);
  const lastLines: string[] = [];
  const running = await machine.start({
    ...command,
    environment: { ...commonEnvironment(machine, program, root), ...program.environment, ...command.environment },
    readable: ownReadable(),
    ...(mounted && { mounts: { "/opt/ml": program.mlFolder } }),
    onLine: (line, stream) => {
      if (stream === "stderr") {
        lastLines.push(line);
        if (lastLines.length > LAST_LINES) lastLines.shift();
      }
      return program.onLine(line);
    },
  });
  const shown = runtime.kind === "image-classification" ? undefined : [command.command, ...command.args].join(" ");
  const outcomeOf = (exit: Exit): TrainingOutcome => exit.kind === "exited" && exit.code === 0
    ? { kind: "completed" }
    : { kind: "failed", reason: failureReason(exit, { written: readFailure(program.mlFolder), instanceType: program.instanceType, command: shown, lastLines }) };
  return {
    outcome: running.exited.then(outcomeOf),
    stop: async (grace) => void (await running.stop(grace)),
  };
}

/** The failure file is the machine's: it is read as such, so that a link in its place leads nowhere. */
const readFailure = (mlFolder: string): string => readMachineFile(mlFolder, "output/failure", FAILURE_BYTES)?.toString("utf8") ?? "";
const FAILURE_BYTES = 64 * 1024;

function commonEnvironment(machine: Machine, { jobName, jobArn, region, credentials, endpoint }: TrainingProgram, root: string): Record<string, string> {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8", HOME: root, TMPDIR: join(machine.folder, "tmp"),
    TRAINING_JOB_NAME: jobName, TRAINING_JOB_ARN: jobArn, SAGEMAKER_REGION: region,
    AWS_REGION: region, AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: endpoint,
    // Many processes share this host: threads that spin while they wait take the core from those that work.
    OMP_NUM_THREADS: String(Math.max(1, Math.floor(machine.limits.vcpus))), OMP_WAIT_POLICY: "PASSIVE",
    PYTHONUNBUFFERED: "1", SAGEBRUSH_ML_ROOT: root, SAGEBRUSH_VCPUS: String(Math.max(1, Math.floor(machine.limits.vcpus))),
  };
}

type Command = Pick<ProcessSpec, "command" | "args" | "environment" | "workingFolder">;

const builtIn = ({ mlFolder }: TrainingProgram): Command =>
  ({ command: process.execPath, args: [ownProgram("algorithms/image-classification/train")], environment: {}, workingFolder: mlFolder });

/** Script mode: the archive unpacked to `/opt/ml/code`, the program run with the hyperparameters as arguments. */
async function script(machine: Machine, runtime: { readonly kind: "python"; readonly command: string } | { readonly kind: "node" }, { program, root }: { readonly program: TrainingProgram; readonly root: string }): Promise<Command> {
  const name = decodeHyperparameter(program.hyperparameters["sagemaker_program"] ?? "");
  if (typeof name !== "string" || name === "") throw new Error("the hyperparameter sagemaker_program must name the script to run");
  if (program.sourceArchive === undefined) throw new Error("the hyperparameter sagemaker_submit_directory must be the S3 URI of the script's tar.gz");
  const code = join(program.mlFolder, "code");
  await unpackSource(program.sourceArchive, code);
  const type = findInstanceType(program.instanceType);
  return {
    command: runtime.kind === "python" ? runtime.command : process.execPath,
    args: [join(root, "code", name), ...commandArguments(scriptParameters(program.hyperparameters))],
    environment: scriptEnvironment({ ...program, root, program: name, vcpus: type?.vcpus ?? machine.limits.vcpus, gpus: type?.gpus ?? 0 }),
    workingFolder: code,
  };
}

async function unpackSource(archive: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  let size = 0;
  // `tar` keeps paths and links inside the folder; strict makes a damaged archive an error instead of half a script.
  await tar.extract({
    file: archive, cwd: folder, strict: true,
    filter: (_path, entry) => {
      size += entry.size ?? 0;
      if (size > MAX_SOURCE_BYTES) throw new Error(`the source archive unpacks to more than ${MAX_SOURCE_BYTES} bytes`);
      return true;
    },
  });
}

