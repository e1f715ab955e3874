import { join } from "node:path";
import type { Channel } from "@aws-sdk/client-sagemaker";
import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import { groupsAsked } from "../../../catalogue/resources.ts";
import type { Machine, MachineNetwork } from "../../../machines/types.ts";
import type { RunningTraining, TrainingProgram } from "../../../runtimes/training/index.ts";
import { freePort } from "../../../shared/free-port.ts";
import { openLogSink, type LogSink } from "../../../wire/log-sink.ts";
import type { Principal } from "../../../wire/principal.ts";
import { MACHINE_SESSION_SECONDS } from "../limits.ts";
import { mlFolder } from "../ml-folder.ts";
import type { Transfer } from "../transfer.ts";
import { requireInstanceType, SERVICE } from "../validate.ts";
import { allHosts, fedBy, hostsOf, type Host } from "./cluster.ts";
import { syncCheckpoints, type Syncing } from "./checkpoints.ts";
import { ClientFault, failureReason } from "./faults.ts";
import { downloadFailed, fetchInputs, type FetchedInputs, type JobFolders } from "./inputs.ts";
import { mergeFolders } from "./merge.ts";
import { instancesOf, shareOf } from "./instances.ts";
import { createMetricReader, type MetricReader } from "./metrics.ts";
import { feedPipes, type Feed } from "./pipe/feed.ts";
import { inputModeOf } from "./input-mode.ts";
import { uploadOutputs } from "./outputs.ts";
import { openProfilerOutput } from "./report/profiler-output.ts";
import { writeReports } from "./report/write.ts";
import { hookOf, type RuleRecord } from "./rules/configurations.ts";
import { watchRules, type Watching } from "./rules/watch.ts";
import type { SupervisorParts } from "./supervisor.ts";
import type { EndOfJob, FinalMetric, JobEvent, StopCause, TrainingJobRecord } from "./training-job.ts";
import { waitForEnd } from "./wait-for-end.ts";

/** How long a job waits for room before it fails with AWS's CapacityError. */
const PATIENCE: Milliseconds = 900 * SECOND;
const MAX_PROCESSES = 4096;

export interface RunParts extends SupervisorParts {
  readonly apply: (event: JobEvent, also?: Partial<TrainingJobRecord>) => TrainingJobRecord;
  /** The job has printed a value of a metric. */
  readonly measured: (metric: string) => void;
  /** As StopTrainingJob does; for rules that stop their job. */
  readonly requestStop: () => void;
  /** The record as it is now. */
  readonly current: () => TrainingJobRecord;
  /** Stores what has changed without the job's moving. */
  readonly change: (also: Partial<TrainingJobRecord>) => void;
  readonly stopRequest: AbortSignal;
  readonly serverStop: AbortSignal;
  /** The spot instances of this life are taken away. */
  readonly interruption: AbortSignal;
  /** What a stop request ends the job as. */
  readonly stopsBecause: () => StopCause;
}

type Role = Awaited<ReturnType<SupervisorParts["assumeRole"]>>;

/** How a life of a job ends, with what is known of it by then; `internal` when the service, not the job, was at fault. */
export interface EndOfLife {
  readonly event: EndOfJob | { readonly kind: "interrupted" };
  readonly also?: Partial<TrainingJobRecord>;
  readonly internal?: boolean;
}

/** Undefined when the server's stop interrupts it. */
export type Ending = EndOfLife | undefined;

/** One life of a job on its machines, from finding room to the end of its upload. The machines are gone when this resolves. */
export async function runTrainingJob(parts: RunParts, job: TrainingJobRecord): Promise<Ending> {
  const machines: Machine[] = [];
  let network: MachineNetwork | undefined;
  try {
    if (job.request.EnableNetworkIsolation === true) network = await parts.machines.openNetwork();
    const notes = new Set<string>();
    // One after the other: room that a second host waits for is looked for with the first one's use in sight.
    for (const [index, { type }] of instancesOf(job.request.ResourceConfig).entries()) {
      const placed = await findMachine(parts, job, { host: index + 1, type, network });
      machines.push(placed.machine);
      placed.notes.forEach((note) => notes.add(note));
    }
    parts.stopRequest.throwIfAborted();
    return await trainOn(parts, parts.apply({ kind: "placed", notes: [...notes] }), hostsOf(machines));
  } catch (error) {
    if (parts.serverStop.aborted) return undefined;
    if (parts.stopRequest.aborted) return { event: { kind: "stopped", because: parts.stopsBecause() } };
    if (parts.interruption.aborted && error === parts.interruption.reason) return { event: { kind: "interrupted" } };
    return { event: { kind: "failed", reason: failureReason(error) } };
  } finally {
    await Promise.all(machines.map((machine) => machine.destroy()));
    await network?.close();
  }
}

function findMachine({ machines, apply, stopRequest, serverStop }: RunParts, job: TrainingJobRecord, { host, type, network }: { readonly host: number; readonly type: string; readonly network: MachineNetwork | undefined }): ReturnType<RunParts["machines"]["create"]> {
  const { name, memoryGiB, vcpus, gpus } = requireInstanceType(type, "training");
  return machines.create(
    { id: `training-${job.name}${host === 1 ? "" : `-algo-${host}`}`, owner: job.arn, memoryMiB: memoryGiB * 1024, vcpus, gpus, maxProcesses: MAX_PROCESSES, instanceType: name, ...(network && { network }) },
    { patience: PATIENCE, signal: AbortSignal.any([stopRequest, serverStop]), onWait: (reason) => void apply({ kind: "waiting", reason }) },
  );
}

/** A host with what the server keeps for it while the job runs. */
interface Seated extends Host {
  readonly folders: JobFolders;
  readonly sink: LogSink;
  readonly inputs: FetchedInputs;
}

async function trainOn(parts: RunParts, job: TrainingJobRecord, hosts: readonly Host[]): Promise<Ending> {
  const { clock, store, apply, stopRequest, serverStop } = parts;
  const role = await takeRole(parts, job);
  const transfer: Transfer = { call: parts.call, principal: role.principal, region: job.region, signal: AbortSignal.any([stopRequest, serverStop, parts.interruption]) };
  const fetched: Omit<Seated, "sink">[] = [];
  for (const [index, host] of hosts.entries()) {
    const folders: JobFolders = { ml: mlFolder(host.machine.folder), machine: host.machine.folder };
    fetched.push({ ...host, folders, inputs: await fetchInputs(transfer, job, { folders, host: index }) });
  }
  const seated: readonly Seated[] = fetched.map((host) => ({ ...host, sink: openJobLog(parts, job, { principal: role.principal, host: host.name }) }));
  const metrics = createMetricReader(store, { job: job.arn, definitions: job.metricDefinitions, now: () => clock.now(), onValue: parts.measured });
  for (const note of job.notes) await seated[0]?.sink.write(note);
  const interpreter = await parts.runtimes.interpreter(job.request.AlgorithmSpecification?.TrainingImage ?? "").catch(() => undefined);
  if (interpreter !== undefined) await Promise.all(seated.map(({ sink }) => sink.write(interpreter)));
  stopRequest.throwIfAborted();
  apply({ kind: "training" });
  // Whatever fails from here on: nothing of it goes on without the job.
  await using begun = new AsyncDisposableStack();
  const syncing = await syncCheckpoints({ ...transfer, signal: serverStop }, job.request.CheckpointConfig, {
    clock, places: seated.map(({ folders }) => folders), failed: (error) => parts.log.warn("checkpoints could not be brought to S3", { job: job.arn, cause: String(error) }),
  });
  begun.defer(() => syncing.cancel());
  const feeds: Feed[] = [];
  for (const { inputs, folders } of seated) {
    const feed = await feedPipes(inputs.pipes, folders, clock);
    begun.defer(() => feed.end());
    feeds.push(feed);
  }
  return await carryOut(parts, job, { hosts, seated, role, transfer, metrics, syncing, feeds });
}

/** What a job's programs run among, once everything is in its place. */
interface Surroundings {
  readonly hosts: readonly Host[];
  readonly seated: readonly Seated[];
  readonly role: Role;
  readonly transfer: Transfer;
  readonly metrics: MetricReader;
  readonly syncing: Syncing;
  readonly feeds: readonly Feed[];
}

/** Starts the programs, waits for their end and takes what they leave. */
async function carryOut(parts: RunParts, job: TrainingJobRecord, { hosts, seated, role, transfer, metrics, syncing, feeds }: Surroundings): Promise<Ending> {
  const { clock, apply, stopRequest, serverStop } = parts;
  const closeLogs = async (): Promise<void> => void (await Promise.all(seated.map(({ sink }) => sink.close())));
  // Deviates from AWS (7777): machines share the host's network, where two jobs at once would ask for the same port.
  const masterPorts = await Promise.all(groupsAsked(job.request.ResourceConfig).map(() => freePort("127.0.0.1")));
  const began = clock.monotonic();
  const programs = await Promise.all(seated.map((host) => startProgram(parts, job, { ...host, hosts, masterPorts, role, metrics })));
  const profile = openProfilerOutput({ ...transfer, signal: serverStop }, parts.current, parts.log);
  const watching = watchRules({ clock, hosts, stored: () => parts.current().rules ?? [], onSample: (sample) => profile.add(sample, clock.now()), onChange: (rules) => parts.change({ rules }), onStop: () => !stopRequest.aborted && parts.requestStop() });
  const end = await waitForEnd(parts, job, fedBy(feeds, allHosts(hosts, programs), downloadFailed)).finally(() => watching.cancel());
  for (const { machine, sink } of seated) await sink.write(usageLine(machine, (clock.monotonic() - began) / SECOND));
  // Of a job that failed or was stopped too: the next one begins where this one got to.
  if (!serverStop.aborted) await endSync(parts, syncing, end.kind === "failed");
  const interrupted = end.kind === "Interrupted" && !stopRequest.aborted;
  if (!serverStop.aborted) await profile.end();
  const rules = interrupted || serverStop.aborted ? undefined : await endRules(parts, { ...transfer, signal: serverStop }, watching.end(end.kind === "completed" || end.kind === "failed" ? "ended" : "stopped"));
  const also = { finalMetrics: withEarlier(job.finalMetrics, metrics.final()), peakMiB: Math.max(job.peakMiB ?? 0, ...hosts.map(({ machine }) => machine.peakMiB())), ...(rules && { rules }) };
  if (serverStop.aborted || interrupted || end.kind === "failed") {
    await closeLogs();
    if (serverStop.aborted) return undefined;
    return end.kind === "failed" ? { event: end, also, internal: end.internal === true } : { event: { kind: "interrupted" }, also };
  }
  const outputs = await collectOutputs(seated);
  await closeLogs();
  if (serverStop.aborted) return undefined;
  // After a stop request the record stays in Stopping while the artifact is saved, as on AWS.
  if (!stopRequest.aborted) apply({ kind: "uploading" }, also);
  const artifact = await uploadOutputs({ ...transfer, signal: serverStop }, job, outputs);
  if (end.kind === "completed" && !stopRequest.aborted) return { event: { kind: "completed", artifact }, also };
  return { event: { kind: "stopped", because: end.kind === "completed" || end.kind === "Interrupted" ? parts.stopsBecause() : end.kind, artifact }, also };
}

/** The last value of each metric: what this life has not printed is an earlier one's. */
const withEarlier = (earlier: readonly FinalMetric[], final: readonly FinalMetric[]): readonly FinalMetric[] =>
  [...earlier.filter((each) => !final.some(({ name }) => name === each.name)), ...final];

/** The rules' last word, and the reports of those that write one. */
const endRules = ({ clock, current }: RunParts, transfer: Transfer, seen: ReturnType<Watching["end"]>): Promise<readonly RuleRecord[]> => writeReports(transfer, current(), { ...seen, now: clock.now() });

/** A job that has failed already keeps its own reason. */
async function endSync({ log }: RunParts, syncing: Syncing, failed: boolean): Promise<void> {
  try {
    await syncing.end();
  } catch (error) {
    if (!failed) throw new ClientFault(`ClientError: Checkpoint upload failed:${(error as Error).message}`, { cause: error });
    log.warn("the last checkpoints of a failed job could not be brought to S3", { cause: String(error) });
  }
}

/** What `sagebrush review` and people read; on AWS metrics say it (MemoryUtilization, CPUUtilization). */
function usageLine({ limits, spec, peakMiB, cpuSeconds }: Machine, seconds: number): string {
  const type = spec.instanceType === undefined ? "" : ` (${spec.instanceType})`;
  const percent = Math.round((cpuSeconds() / Math.max(seconds, 0.001) / limits.vcpus) * 100);
  return `Peak memory: ${Math.round(peakMiB())} MiB of ${Math.round(limits.memoryMiB)} MiB${type}; CPU: ${Math.min(100, percent)} % of ${limits.vcpus} vCPUs`;
}

/** One host's folders as they are; those of several hosts together, with a word on every file that more than one of them wrote. */
async function collectOutputs(seated: readonly Seated[]): Promise<JobFolders> {
  const [first, ...others] = seated;
  if (first === undefined) throw new Error("a job has one host at least");
  if (others.length === 0) return first.folders;
  const merged: JobFolders = { ml: join(first.folders.machine, "merged"), machine: first.folders.machine };
  for (const place of ["model", "output/data"]) {
    const clashes = await mergeFolders(seated.map(({ name, folders }) => ({ host: name, folder: join(folders.ml, place) })), join(merged.ml, place));
    for (const clash of clashes) await first.sink.write(`Several hosts wrote ${place}/${clash}: the artifact has the first one's. Let one host write it, or give each its own name.`);
  }
  return merged;
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

const openJobLog = ({ call, clock, log }: RunParts, job: TrainingJobRecord, { principal, host }: { readonly principal: Principal; readonly host: string }): LogSink => openLogSink({
  call, clock, log, principal, region: job.region,
  group: "/aws/sagemaker/TrainingJobs", stream: `${job.name}/${host}-${Math.floor(clock.now() / SECOND)}`,
});

interface Program extends Seated {
  readonly hosts: readonly Host[];
  /** Of each group. */
  readonly masterPorts: readonly number[];
  readonly role: Role;
  readonly metrics: MetricReader;
}

const entrypointOf = ({ AlgorithmSpecification: algorithm }: TrainingJobRecord["request"]): readonly string[] | undefined =>
  algorithm?.ContainerEntrypoint?.length ? [...algorithm.ContainerEntrypoint, ...(algorithm.ContainerArguments ?? [])] : undefined;

/** The channels that are for the group of a host. */
const channelsOf = ({ InputDataConfig: channels = [], ResourceConfig: resources }: TrainingJobRecord["request"], host: number): readonly Channel[] =>
  channels.filter((channel) => shareOf(channel, instancesOf(resources), host) !== undefined);

/** Undefined in a job without instance groups. */
function groupsOf({ ResourceConfig: resources }: TrainingJobRecord["request"], hosts: readonly Host[], masterPorts: readonly number[]): TrainingProgram["cluster"]["groups"] {
  const instances = instancesOf(resources);
  return resources?.InstanceGroups?.map(({ InstanceGroupName: name = "", InstanceType: instanceType = "" }, group) => ({ name, masterPort: masterPorts[group] ?? 0, instanceType, hosts: hosts.filter((_, index) => instances[index]?.group === name).map((host) => host.name) }));
}

const startProgram = ({ runtimes, machineEndpoint }: RunParts, { name, arn, region, request, rules = [] }: TrainingJobRecord, { name: host, hosts, masterPorts, machine, role, folders, inputs, sink, metrics }: Program): Promise<RunningTraining> => runtimes.start(machine, {
  image: request.AlgorithmSpecification?.TrainingImage ?? "",
  jobName: name, jobArn: arn, region,
  cluster: { current: host, masterPort: masterPorts[0] ?? 0, hosts: hosts.map((each) => ({ name: each.name, address: each.machine.address })), groups: groupsOf(request, hosts, masterPorts) },
  instanceType: instancesOf(request.ResourceConfig)[hosts.findIndex((each) => each.name === host)]?.type ?? "",
  hyperparameters: request.HyperParameters ?? {},
  channels: channelsOf(request, hosts.findIndex((each) => each.name === host)).map((channel) => ({
    name: channel.ChannelName ?? "", contentType: channel.ContentType,
    inputMode: inputModeOf(channel, request), distribution: channel.DataSource?.S3DataSource?.S3DataDistributionType ?? "FullyReplicated", recordWrapper: channel.RecordWrapperType ?? "None",
  })),
  environment: request.Environment ?? {},
  // Isolated programs have no way to the API, and on AWS no credentials for it either: https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
  cloud: request.EnableNetworkIsolation === true ? undefined : { credentials: role, endpoint: machineEndpoint() },
  mlFolder: folders.ml, sourceArchive: inputs.sourceArchive, hook: hookOf(request, rules), entrypoint: entrypointOf(request),
  onLine: (line) => {
    metrics.read(line);
    return sink.write(line);
  },
});
