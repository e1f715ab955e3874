import type { MachineHost } from "../../../machines/types.ts";
import type { Collection, Store } from "../../../store/index.ts";
import type { Timer } from "../../../shared/clock.ts";
import type { ServiceDependencies } from "../../../wire/service.ts";
import { forgetMetrics } from "./metrics.ts";
import type { Place } from "../arns.ts";
import { createPulse, type Beat } from "./pulse.ts";
import { instant, SECOND } from "../../../base/instant.ts";
import type { SpotMarket } from "../../../decide/training/index.ts";
import { instancesOf } from "./instances.ts";
import { INTERNAL_FAULT, interruptionReason, liveThrough } from "./lives.ts";
import { settledRules } from "./rules/configurations.ts";
import { endsTraining, hasEnded, transition, type JobEvent, type StopCause, type TrainingJobRecord } from "./training-job.ts";
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
  /** Why this host cannot keep a job from every network; undefined where it can. */
  withoutIsolation(): Promise<string | undefined>;
  /** Starts work on a stored job. */
  begin(key: string): void;
  requestStop(key: string): void;
  /** Takes the spot instances of a job away; false when it has none that could be taken. */
  interrupt(key: string): boolean;
  watch(watcher: TrainingWatcher): void;
  /** Instances of a type that jobs of an account and region have, or wait for: on demand, or spot. */
  instancesInUse(place: Place, type: string, spot: boolean): number;
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
  readonly beats: Collection<Beat>;
  readonly machines: MachineHost;
  readonly runtimes: TrainingRuntimes;
  readonly spotMarket: SpotMarket;
}

/** What a running job answers to. */
interface Running {
  readonly job: TrainingJobRecord;
  done: Promise<void>;
  readonly stopRequest: AbortController;
  readonly serverStop: AbortController;
  /** Of the present life. */
  interruption: AbortController | undefined;
}

export function createTrainingSupervisor(parts: SupervisorParts): TrainingSupervisor {
  const running = new Map<string, Running>();
  const watchers: TrainingWatcher[] = [];
  const pulse = createPulse({ ...parts, isBusy: () => running.size > 0 });
  const apply = (key: string, event: JobEvent, also: Partial<TrainingJobRecord> = {}): TrainingJobRecord => {
    const now = parts.clock.now();
    const next = parts.jobs.update(key, (job) => ({
      ...transition(job, event, now), ...also, ...(job.rules && endsTraining(event) && { rules: settledRules(also.rules ?? [], job.rules, now) }),
    }));
    if (!next) throw new Error(`training job ${key} is gone`);
    for (const watcher of watchers) watcher.changed(next);
    return next;
  };
  const requestStop = (key: string, because: StopCause = "Stopped"): void => {
    apply(key, { kind: "stop-requested", because });
    running.get(key)?.stopRequest.abort(new Error("stop requested"));
  };
  /** https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training-status.html: counted from the job's creation, waiting included. */
  const limitWait = (key: string, { createdAt, request }: TrainingJobRecord): Timer | undefined => {
    const limit = request.StoppingCondition?.MaxWaitTimeInSeconds;
    if (limit === undefined || request.EnableManagedSpotTraining !== true) return undefined;
    return parts.clock.after(Math.max(0, createdAt + limit * SECOND - parts.clock.now()), () => {
      if (parts.jobs.get(key)?.status === "InProgress") requestStop(key, "MaxWaitTimeExceeded");
    });
  };
  const begin = (key: string): void => {
    const job = parts.jobs.get(key);
    if (!job) return;
    const [stopRequest, serverStop] = [new AbortController(), new AbortController()];
    const entry: Running = { job, done: Promise.resolve(), stopRequest, serverStop, interruption: undefined };
    running.set(key, entry);
    pulse.start();
    const wait = limitWait(key, job);
    entry.done = liveThrough({
      ...parts, apply: (event, also) => apply(key, event, also), current: () => parts.jobs.get(key) ?? job,
      measured: (metric) => watchers.forEach((watcher) => watcher.measured(job, metric)),
      change: (also) => void parts.jobs.update(key, (present) => ({ ...present, ...also, modifiedAt: parts.clock.now() })),
      requestStop: () => requestStop(key), stopRequest: stopRequest.signal, serverStop: serverStop.signal, stopsBecause: () => parts.jobs.get(key)?.stopCause ?? "Stopped",
      onLife: (interruption) => void (entry.interruption = interruption), release: () => void running.delete(key),
    }).catch((error: unknown) => {
      parts.log.error("a training job could not be carried on", { job: job.arn, cause: (error as Error).stack });
      if (!serverStop.signal.aborted) apply(key, { kind: "failed", reason: INTERNAL_FAULT });
    }).catch((error: unknown) => {
      // The store takes nothing any more: the job is taken up again when the server starts.
      parts.log.error("a training job could not be ended", { job: job.arn, cause: (error as Error).stack });
    }).finally(() => {
      wait?.cancel();
      running.delete(key);
    });
  };
  return {
    assumeRole: parts.assumeRole,
    findRuntime: (image) => parts.runtimes.find(image),
    withoutIsolation: async () => {
      try {
        await (await parts.machines.openNetwork()).close();
        return undefined;
      } catch (error) {
        return (error as Error).message;
      }
    },
    begin,
    requestStop: (key) => requestStop(key),
    interrupt(key) {
      const job = parts.jobs.get(key);
      const interruption = running.get(key)?.interruption;
      if (job?.request.EnableManagedSpotTraining !== true || !["Downloading", "Training"].includes(job.secondary) || interruption === undefined) return false;
      interruption.abort(interruptionReason());
      return true;
    },
    watch: (watcher) => void watchers.push(watcher),
    instancesInUse: ({ account, region }, type, spot) => [...running.values()]
      .filter(({ job }) => job.account === account && job.region === region && (job.request.EnableManagedSpotTraining ?? false) === spot)
      .reduce((sum, { job }) => sum + instancesOf(job.request.ResourceConfig).filter((instance) => instance.type === type).length, 0),
    forget: (arn) => forgetMetrics(parts.store, arn),
    reconcile() {
      for (const [key, job] of parts.jobs.entries()) {
        if (hasEnded(job)) continue;
        forgetMetrics(parts.store, job.arn);
        const lastSeen = instant(Math.max(pulse.last() ?? 0, job.modifiedAt));
        if (job.status === "Stopping") apply(key, { kind: "stopped", because: job.stopCause ?? "Stopped", ranUntil: lastSeen });
        else {
          apply(key, { kind: "server-restarted", lastSeen });
          begin(key);
        }
      }
    },
    async stop() {
      pulse.stop();
      const jobs = [...running.values()];
      for (const { serverStop } of jobs) serverStop.abort(new Error("the server stops"));
      await Promise.all(jobs.map(({ done }) => done));
    },
  };
}
