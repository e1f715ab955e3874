import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import { findInstanceType } from "../../../catalogue/instance-types.ts";
import { NoCapacity, type Machine } from "../../../machines/types.ts";
import { openLogSink } from "../../../wire/log-sink.ts";
import { DEFAULT_MAX_RUNTIME_SECONDS } from "../limits.ts";
import { downloadObject, downloadPrefix, requirePlainFolder, uploadArchive, type Transfer } from "../transfer.ts";
import { parseS3Uri, SERVICE } from "../validate.ts";
import { createMetricReader } from "./metrics.ts";
import type { RunningTraining, TrainingOutcome } from "../../../runtimes/training/index.ts";
import { mlFolder, type SupervisorParts } from "./supervisor.ts";
import type { JobEvent, TrainingJobRecord } from "./training-job.ts";

/** Time a program has to save after SIGTERM: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html */
const STOP_GRACE: Milliseconds = 120 * SECOND;
/** How long a job waits for room before it fails with AWS's CapacityError. */
const PATIENCE: Milliseconds = 900 * SECOND;
const MAX_PROCESSES = 4096;
const CAPACITY_ERROR = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.";

export interface RunParts extends SupervisorParts {
  readonly apply: (event: JobEvent, also?: Partial<TrainingJobRecord>) => TrainingJobRecord;
  readonly stopRequest: AbortSignal;
  readonly serverStop: AbortSignal;
}

/** One life of a job on a machine, from finding room to the end of its upload. */
export async function runTrainingJob(parts: RunParts, job: TrainingJobRecord): Promise<void> {
  const ended = AbortSignal.any([parts.stopRequest, parts.serverStop]);
  let machine: Machine | undefined;
  try {
    const placed = await findMachine(parts, job, ended);
    machine = placed.machine;
    await trainOn(parts, parts.apply({ kind: "placed", notes: placed.notes }), machine);
  } catch (error) {
    if (parts.serverStop.aborted) return;
    if (parts.stopRequest.aborted) parts.apply({ kind: "stopped", because: "Stopped" });
    else parts.apply({ kind: "failed", reason: failureReason(error) });
  } finally {
    await machine?.destroy();
  }
}

async function findMachine({ machines, apply }: RunParts, job: TrainingJobRecord, signal: AbortSignal): ReturnType<RunParts["machines"]["create"]> {
  const name = job.request.ResourceConfig?.InstanceType ?? "";
  const type = findInstanceType(name);
  if (!type) throw new ClientFault(`ClientError: The instance type ${name} is not known to Sagebrush.`);
  return machines.create(
    { id: `training-${job.name}`, owner: job.arn, memoryMiB: type.memoryGiB * 1024, vcpus: type.vcpus, gpus: type.gpus, maxProcesses: MAX_PROCESSES, instanceType: name },
    { patience: PATIENCE, signal, onWait: (reason) => void apply({ kind: "waiting", reason }) },
  );
}

async function trainOn(parts: RunParts, job: TrainingJobRecord, machine: Machine): Promise<void> {
  const { call, clock, log, store, apply } = parts;
  const role = await parts.assumeRole({ roleArn: job.request.RoleArn ?? "", sessionName: "SageMaker", service: SERVICE, sourceArn: job.arn });
  const signal = AbortSignal.any([parts.stopRequest, parts.serverStop]);
  const transfer: Transfer = { call, principal: role.principal, region: job.region, signal };
  const folder = mlFolder(machine.folder);
  const sourceArchive = await fetchInputs(transfer, job, { folder, machineFolder: machine.folder });
  const sink = openLogSink({ call, clock, log, principal: role.principal, region: job.region, group: "/aws/sagemaker/TrainingJobs", stream: `${job.name}/algo-1-${Math.floor(clock.now() / SECOND)}` });
  const metrics = createMetricReader(store, { job: job.arn, definitions: job.metricDefinitions, now: () => clock.now() });
  for (const note of job.notes) await sink.write(note);
  apply({ kind: "training" });
  const training = await parts.runtimes.start(machine, {
    image: job.request.AlgorithmSpecification?.TrainingImage ?? "",
    jobName: job.name, jobArn: job.arn, region: job.region,
    instanceType: job.request.ResourceConfig?.InstanceType ?? "",
    hyperparameters: job.request.HyperParameters ?? {},
    channels: (job.request.InputDataConfig ?? []).map(({ ChannelName: name = "", ContentType: contentType }) => ({ name, contentType })),
    environment: job.request.Environment ?? {},
    credentials: role, endpoint: parts.machineEndpoint(), mlFolder: folder, sourceArchive,
    onLine: (line) => {
      metrics.read(line);
      return sink.write(line);
    },
  });
  const end = await waitForEnd(parts, job, training);
  const facts = { finalMetrics: metrics.final(), peakMiB: machine.peakMiB() };
  await sink.close();
  if (parts.serverStop.aborted) return;
  if (end.kind === "failed") {
    apply({ kind: "failed", reason: end.reason }, facts);
    return;
  }
  // After a stop request the record stays in Stopping while the artifact is saved, as on AWS.
  if (!parts.stopRequest.aborted) apply({ kind: "uploading" }, facts);
  const artifact = await uploadOutputs({ ...transfer, signal: parts.serverStop }, job, { folder, machineFolder: machine.folder });
  if (end.kind === "completed") apply({ kind: "completed", artifact }, facts);
  else apply({ kind: "stopped", because: end.kind, artifact }, facts);
}

async function fetchInputs(transfer: Transfer, job: TrainingJobRecord, { folder, machineFolder }: Folders): Promise<string | undefined> {
  for (const place of ["input/config", "input/data", "model", "output/data", "code"]) await mkdir(join(folder, place), { recursive: true });
  try {
    for (const channel of job.request.InputDataConfig ?? []) {
      const { bucket, key } = parseS3Uri(channel.DataSource?.S3DataSource?.S3Uri ?? "");
      await downloadPrefix(transfer, { bucket, prefix: key }, join(folder, "input/data", channel.ChannelName ?? ""));
    }
    const source = job.request.HyperParameters?.["sagemaker_submit_directory"]?.replace(/^"|"$/g, "");
    if (source === undefined || !source.startsWith("s3://")) return undefined;
    const archive = join(machineFolder, "sourcedir.tar.gz");
    const { bucket, key } = parseS3Uri(source);
    await downloadObject(transfer, { bucket, key }, archive);
    return archive;
  } catch (error) {
    transfer.signal.throwIfAborted();
    throw new ClientFault(`ClientError: Data download failed:${(error as Error).message}`, { cause: error });
  }
}

type End = TrainingOutcome | { readonly kind: "Stopped" | "MaxRuntimeExceeded" };

/** The program's own end, or the end that a stop request, the time limit or the server's stop gives it. */
async function waitForEnd({ clock, stopRequest, serverStop }: RunParts, job: TrainingJobRecord, training: RunningTraining): Promise<End> {
  const limit = (job.request.StoppingCondition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS) * SECOND;
  let because: "Stopped" | "MaxRuntimeExceeded" | undefined;
  const end = (reason: "Stopped" | "MaxRuntimeExceeded", grace: Milliseconds): void => {
    because ??= reason;
    void training.stop(grace);
  };
  const timer = clock.after(limit, () => end("MaxRuntimeExceeded", STOP_GRACE));
  const onStop = (): void => end("Stopped", STOP_GRACE);
  const onServerStop = (): void => end("Stopped", 0);
  stopRequest.addEventListener("abort", onStop);
  serverStop.addEventListener("abort", onServerStop);
  if (stopRequest.aborted) onStop();
  if (serverStop.aborted) onServerStop();
  const outcome = await training.outcome;
  timer.cancel();
  stopRequest.removeEventListener("abort", onStop);
  serverStop.removeEventListener("abort", onServerStop);
  return because === undefined ? outcome : { kind: because };
}

interface Folders {
  /** `/opt/ml`, the program's. */
  readonly folder: string;
  /** Around it, the server's own. */
  readonly machineFolder: string;
}

async function uploadOutputs(transfer: Transfer, job: TrainingJobRecord, { folder, machineFolder }: Folders): Promise<string> {
  const { bucket, key } = parseS3Uri(job.request.OutputDataConfig?.S3OutputPath ?? "");
  const prefix = `${key.replace(/\/+$/, "")}${key === "" ? "" : "/"}${job.name}/output`;
  try {
    await uploadArchive(transfer, { bucket, key: `${prefix}/model.tar.gz` }, { folder: join(folder, "model"), archive: join(machineFolder, "model.tar.gz") });
    const data = join(folder, "output/data");
    await requirePlainFolder(data);
    if ((await readdir(data)).length > 0) await uploadArchive(transfer, { bucket, key: `${prefix}/output.tar.gz` }, { folder: data, archive: join(machineFolder, "output.tar.gz") });
  } catch (error) {
    transfer.signal.throwIfAborted();
    throw new ClientFault(`ClientError: Artifact upload failed:${(error as Error).message}`, { cause: error });
  }
  return `s3://${bucket}/${prefix}/model.tar.gz`;
}

/** A failure that is the job's own, in the words its FailureReason shows. */
class ClientFault extends Error {
  override readonly name = "ClientFault";
}

function failureReason(error: unknown): string {
  if (error instanceof ClientFault) return error.message;
  if (error instanceof NoCapacity) return `${CAPACITY_ERROR} (${error.message})`;
  throw error;
}
