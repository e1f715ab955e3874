import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { create } from "tar";
import type { Machine } from "../../src/machines/index.ts";
import { openTrainingRuntimes, type TrainingOutcome, type TrainingProgram } from "../../src/runtimes/training/index.ts";
import type { TestHost } from "../machines/support.ts";

/** A source archive as the SageMaker SDK makes it. */
export async function sourceArchive(files: Readonly<Record<string, string | Uint8Array>>, place: string): Promise<string> {
  const folder = mkdtempSync(join(place, "source-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const file = `${folder}.tar.gz`;
  await create({ gzip: true, cwd: folder, file }, Object.keys(files));
  return file;
}

export const ALGORITHMS = { "image-classification": { metricDefinitions: [{ name: "validation:accuracy", regex: "accuracy=(.*)" }] } };

export interface TrainedJob {
  readonly outcome: TrainingOutcome;
  readonly lines: readonly string[];
  readonly machine: Machine;
  readonly mlFolder: string;
}

export const IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.1-cpu-py310";

/** Runs a job to its end on a machine of its own; `files` are its source archive, `placed` what channels have brought. */
export async function train(cloud: TestHost, job: Partial<TrainingProgram> & { readonly files?: Readonly<Record<string, string | Uint8Array>>; readonly pip?: Readonly<Record<string, string>>; readonly placed?: Readonly<Record<string, string | Uint8Array>> }, memoryMiB = 512): Promise<TrainedJob> {
  const machine = await cloud.machine({ memoryMiB });
  const mlFolder = join(machine.folder, "ml");
  for (const [path, content] of Object.entries(job.placed ?? {})) {
    mkdirSync(dirname(join(mlFolder, path)), { recursive: true });
    writeFileSync(join(mlFolder, path), content);
  }
  const lines: string[] = [];
  const running = await openTrainingRuntimes({ isolation: cloud.host.isolation, python: undefined, environment: job.pip ?? {}, algorithms: ALGORITHMS }).start(machine, {
    image: IMAGE, jobName: "job-1", jobArn: "arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1", region: "us-east-1", instanceType: "ml.t3.medium",
    cluster: { current: "algo-1", hosts: [{ name: "algo-1", address: machine.address }], masterPort: 7777 },
    hyperparameters: { sagemaker_program: '"train.py"' }, channels: [], environment: {}, mlFolder,
    cloud: { endpoint: "http://127.0.0.1:1", credentials: { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token" } },
    sourceArchive: job.files === undefined ? undefined : await sourceArchive(job.files, cloud.folder),
    onLine: async (line) => void lines.push(line),
    ...job,
  });
  return { outcome: await running.outcome, lines, machine, mlFolder };
}

const WHEEL = `
import io, sys, zipfile
stream = io.BytesIO()
with zipfile.ZipFile(stream, "w") as wheel:
    wheel.writestr("dogtools.py", "BREEDS = 133")
    wheel.writestr("dogtools-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: dogtools\\nVersion: 1.0\\n")
    wheel.writestr("dogtools-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("dogtools-1.0.dist-info/RECORD", "dogtools.py,,\\ndogtools-1.0.dist-info/METADATA,,\\ndogtools-1.0.dist-info/WHEEL,,\\ndogtools-1.0.dist-info/RECORD,,\\n")
sys.stdout.buffer.write(stream.getvalue())
`;

/** A wheel of one module, as pip installs it from a file: no network, nothing to build. */
export const dogtools = (): Buffer => spawnSync("/usr/bin/python3", ["-c", WHEEL]).stdout;

export const NO_INDEX = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: "" };
