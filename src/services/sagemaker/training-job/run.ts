import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import type { Machine } from "../../../machines/types.ts";
import type { RunningTraining } from "../../../runtimes/training/index.ts";
import { openLogSink, type LogSink } from "../../../wire/log-sink.ts";
import type { Principal } from "../../../wire/principal.ts";
import { MACHINE_SESSION_SECONDS } from "../limits.ts";
import { mlFolder } from "../ml-folder.ts";
import type { Transfer } from "../transfer.ts";
import { requireInstanceType, SERVICE } from "../validate.ts";
import { ClientFault, failureReason } from "./faults.ts";
import { fetchInputs, type JobFolders } from "./inputs.ts";
import { createMetricReader, type MetricReader } from "./metrics.ts";
import { uploadOutputs } from "./outputs.ts";
import type { SupervisorParts } from "./supervisor.ts";
import type { EndOfJob, JobEvent, TrainingJobRecord } from "./training-job.ts";
import { waitForEnd } from "./wait-for-end.ts";

/** How long a job waits for room before it fails with AWS's CapacityError. */
const PATIENCE: Milliseconds = 900 * SECOND;
const MAX_PROCESSES = 4096;

export interface RunParts extends SupervisorParts {
  readonly apply: (event: JobEvent, also?: Partial<TrainingJobRecord>) => TrainingJobRecord;
  readonly stopRequest: AbortSignal;
  readonly serverStop: AbortSignal;
}

type Role = Awaited<ReturnType<SupervisorParts["assumeRole"]>>;

/** How a job ends, with what is known of it by then; undefined when the server's stop interrupts it. */
export type Ending = { readonly event: EndOfJob; readonly also?: Partial<TrainingJobRecord> } | undefined;

/** One life of a job on a machine, from finding room to the end of its upload. The machine is gone when this resolves. */
export async function runTrainingJob(parts: RunParts, job: TrainingJobRecord): Promise<Ending> {
  let machine: Machine | undefined;
  try {
    const placed = await findMachine(parts, job);
    machine = placed.machine;
    parts.stopRequest.throwIfAborted();
    return await trainOn(parts, parts.apply({ kind: "placed", notes: placed.notes }), machine);
  } catch (error) {
    if (parts.serverStop.aborted) return undefined;
    if (parts.stopRequest.aborted) return { event: { kind: "stopped", because: "Stopped" } };
    return { event: { kind: "failed", reason: failureReason(error) } };
  } finally {
    await machine?.destroy();
  }
}

function findMachine({ machines, apply, stopRequest, serverStop }: RunParts, job: TrainingJobRecord): ReturnType<RunParts["machines"]["create"]> {
  const { name, memoryGiB, vcpus, gpus } = requireInstanceType(job.request.ResourceConfig?.InstanceType, "training");
  return machines.create(
    { id: `training-${job.name}`, owner: job.arn, memoryMiB: memoryGiB * 1024, vcpus, gpus, maxProcesses: MAX_PROCESSES, instanceType: name },
    { patience: PATIENCE, signal: AbortSignal.any([stopRequest, serverStop]), onWait: (reason) => void apply({ kind: "waiting", reason }) },
  );
}

async function trainOn(parts: RunParts, job: TrainingJobRecord, machine: Machine): Promise<Ending> {
  const { clock, store, apply, stopRequest, serverStop } = parts;
  const role = await takeRole(parts, job);
  const transfer: Transfer = { call: parts.call, principal: role.principal, region: job.region, signal: AbortSignal.any([stopRequest, serverStop]) };
  const folders: JobFolders = { ml: mlFolder(machine.folder), machine: machine.folder };
  const sourceArchive = await fetchInputs(transfer, job, folders);
  const sink = openJobLog(parts, job, role.principal);
  const metrics = createMetricReader(store, { job: job.arn, definitions: job.metricDefinitions, now: () => clock.now() });
  for (const note of job.notes) await sink.write(note);
  stopRequest.throwIfAborted();
  apply({ kind: "training" });
  const training = await startProgram(parts, job, { machine, role, folders, sourceArchive, sink, metrics });
  const end = await waitForEnd(parts, job, training);
  const also = { finalMetrics: metrics.final(), peakMiB: machine.peakMiB() };
  await sink.close();
  if (serverStop.aborted) return undefined;
  if (end.kind === "failed") return { event: end, also };
  // After a stop request the record stays in Stopping while the artifact is saved, as on AWS.
  if (!stopRequest.aborted) apply({ kind: "uploading" }, also);
  const artifact = await uploadOutputs({ ...transfer, signal: serverStop }, job, folders);
  if (end.kind === "completed" && !stopRequest.aborted) return { event: { kind: "completed", artifact }, also };
  return { event: { kind: "stopped", because: end.kind === "completed" ? "Stopped" : end.kind, artifact }, also };
}

/** The role may have been deleted, or its trust changed, since the job was created. */
async function takeRole({ assumeRole }: RunParts, job: TrainingJobRecord): Promise<Role> {
  const roleArn = job.request.RoleArn ?? "";
  try {
    return await assumeRole({ roleArn, sessionName: "SageMaker", service: SERVICE, sourceArn: job.arn, durationSeconds: MACHINE_SESSION_SECONDS });
  } catch (error) {
    throw new ClientFault(`ClientError: SageMaker was unable to assume the role '${roleArn}'`, { cause: error });
  }
}

const openJobLog = ({ call, clock, log }: RunParts, job: TrainingJobRecord, principal: Principal): LogSink => openLogSink({
  call, clock, log, principal, region: job.region,
  group: "/aws/sagemaker/TrainingJobs", stream: `${job.name}/algo-1-${Math.floor(clock.now() / SECOND)}`,
});

interface Program {
  readonly machine: Machine;
  readonly role: Role;
  readonly folders: JobFolders;
  readonly sourceArchive: string | undefined;
  readonly sink: LogSink;
  readonly metrics: MetricReader;
}

const startProgram = ({ runtimes, machineEndpoint }: RunParts, { name, arn, region, request }: TrainingJobRecord, { machine, role, folders, sourceArchive, sink, metrics }: Program): Promise<RunningTraining> => runtimes.start(machine, {
  image: request.AlgorithmSpecification?.TrainingImage ?? "",
  jobName: name, jobArn: arn, region,
  instanceType: request.ResourceConfig?.InstanceType ?? "",
  hyperparameters: request.HyperParameters ?? {},
  channels: (request.InputDataConfig ?? []).map((channel) => ({ name: channel.ChannelName ?? "", contentType: channel.ContentType })),
  environment: request.Environment ?? {},
  credentials: role, endpoint: machineEndpoint(), mlFolder: folders.ml, sourceArchive,
  onLine: (line) => {
    metrics.read(line);
    return sink.write(line);
  },
});
