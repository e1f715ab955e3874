import type { MachineHost } from "../../../machines/types.ts";
import type { Collection, Store } from "../../../store/index.ts";
import type { ServiceDependencies } from "../../../wire/service.ts";
import { forgetMetrics } from "./metrics.ts";
import type { Place } from "../arns.ts";
import { runTrainingJob } from "./run.ts";
import { hasEnded, transition, type JobEvent, type TrainingJobRecord } from "./training-job.ts";
import type { FoundRuntime, TrainingRuntimes } from "../../../runtimes/training/index.ts";

/** Who follows jobs. Called in the middle of what happens: what it begins of its own it begins later. */
export interface TrainingWatcher {
  /** A state was stored. */
  changed(job: TrainingJobRecord): void;
  /** A value of a metric was stored. */
  measured(job: TrainingJobRecord, metric: string): void;
}

/** Carries jobs from Starting to their end. Every state is stored before it is acted on. */
export interface TrainingSupervisor {
  readonly assumeRole: ServiceDependencies["assumeRole"];
  findRuntime(image: string): FoundRuntime;
  /** Starts work on a stored job. */
  begin(key: string): void;
  requestStop(key: string): void;
  watch(watcher: TrainingWatcher): void;
  /** Instances of a type that jobs of an account and region have, or wait for. */
  instancesInUse(place: Place, type: string): number;
  /** Removes what a deleted job left behind beside its record. */
  forget(arn: string): void;
  /** Takes up what an earlier server left unfinished. */
  reconcile(): void;
  /** Ends every running job's machine; the records stay unfinished and are taken up at the next start. */
  stop(): Promise<void>;
}

export interface SupervisorParts extends Pick<ServiceDependencies, "call" | "assumeRole" | "clock" | "log" | "machineEndpoint"> {
  readonly store: Store;
  readonly jobs: Collection<TrainingJobRecord>;
  readonly machines: MachineHost;
  readonly runtimes: TrainingRuntimes;
}

/** What a running job answers to. */
interface Running {
  readonly job: TrainingJobRecord;
  readonly done: Promise<void>;
  readonly stopRequest: AbortController;
  readonly serverStop: AbortController;
}

export function createTrainingSupervisor(parts: SupervisorParts): TrainingSupervisor {
  const running = new Map<string, Running>();
  const watchers: TrainingWatcher[] = [];
  const apply = (key: string, event: JobEvent, also: Partial<TrainingJobRecord> = {}): TrainingJobRecord => {
    const next = parts.jobs.update(key, (job) => ({ ...transition(job, event, parts.clock.now()), ...also }));
    if (!next) throw new Error(`training job ${key} is gone`);
    for (const watcher of watchers) watcher.changed(next);
    return next;
  };
  const requestStop = (key: string): void => {
    apply(key, { kind: "stop-requested" });
    running.get(key)?.stopRequest.abort(new Error("stop requested"));
  };
  const begin = (key: string): void => {
    const job = parts.jobs.get(key);
    if (!job) return;
    const stopRequest = new AbortController();
    const serverStop = new AbortController();
    const measured = (metric: string): void => watchers.forEach((watcher) => watcher.measured(job, metric));
    const done = runTrainingJob({ ...parts, apply: (event, also) => apply(key, event, also), measured, change: (also) => void parts.jobs.update(key, (present) => ({ ...present, ...also, modifiedAt: parts.clock.now() })), requestStop: () => requestStop(key), stopRequest: stopRequest.signal, serverStop: serverStop.signal }, job)
      .then((ending) => {
        running.delete(key);
        if (ending !== undefined) apply(key, ending.event, ending.also);
      })
      .catch((error: unknown) => {
        // Nothing of the job's own gets here: this is a fault of ours, said as AWS says its own.
        parts.log.error("a training job could not be carried out", { job: job.arn, cause: (error as Error).stack });
        if (!serverStop.signal.aborted) apply(key, { kind: "failed", reason: "InternalServerError: We encountered an internal error. Please try again." });
        running.delete(key);
      });
    running.set(key, { job, done, stopRequest, serverStop });
  };
  return {
    assumeRole: parts.assumeRole,
    findRuntime: (image) => parts.runtimes.find(image),
    begin,
    requestStop,
    watch: (watcher) => void watchers.push(watcher),
    instancesInUse: ({ account, region }, type) => [...running.values()]
      .filter(({ job }) => job.account === account && job.region === region && job.request.ResourceConfig?.InstanceType === type)
      .reduce((sum, { job }) => sum + (job.request.ResourceConfig?.InstanceCount ?? 1), 0),
    forget: (arn) => forgetMetrics(parts.store, arn),
    reconcile() {
      for (const [key, job] of parts.jobs.entries()) {
        if (hasEnded(job)) continue;
        forgetMetrics(parts.store, job.arn);
        if (job.status === "Stopping") apply(key, { kind: "stopped", because: "Stopped" });
        else {
          apply(key, { kind: "server-restarted" });
          begin(key);
        }
      }
    },
    async stop() {
      const jobs = [...running.values()];
      for (const { serverStop } of jobs) serverStop.abort(new Error("the server stops"));
      await Promise.all(jobs.map(({ done }) => done));
    },
  };
}
