import { SECOND } from "../../../base/instant.ts";
import { decideNextTrial, decideStep, type TuningStep } from "../../../decide/tuning/index.ts";
import type { Timer } from "../../../shared/clock.ts";
import type { Random } from "../../../shared/random.ts";
import type { Collection, Store } from "../../../store/index.ts";
import type { ServiceDependencies } from "../../../wire/service.ts";
import { arnOf, keyOf, type Place } from "../arns.ts";
import type { TagStore } from "../tags/tags.ts";
import type { TrainingSupervisor } from "../training-job/supervisor.ts";
import { hasEnded as trainingHasEnded, newTrainingJob, type TrainingJobRecord } from "../training-job/training-job.ts";
import { trainingRequest } from "./definitions.ts";
import { stopReason } from "./early-stopping.ts";
import { asFacts, asTrial, objectiveOf } from "./trials.ts";
import { hasEnded, transition, trialEnd, trialKey, trialPrefix, type Definition, type TrialRecord, type TuningEvent, type TuningJobRecord } from "./tuning-job.ts";
import { priorOf } from "./warm-start.ts";

/** Carries tuning jobs from their first training job to their end. Every decision is stored before it is acted on. */
export interface Tuner {
  /** Starts work on a stored tuning job. */
  begin(key: string): void;
  requestStop(key: string): void;
  /** Takes up what an earlier server left unfinished; after the training jobs have been. */
  reconcile(): void;
  /** Decides nothing any more; the records stay unfinished and are taken up at the next start. */
  stop(): void;
}

export interface TunerParts extends Pick<ServiceDependencies, "clock" | "log"> {
  readonly store: Store;
  readonly random: Random;
  readonly tuningJobs: Collection<TuningJobRecord>;
  readonly trials: Collection<TrialRecord>;
  readonly trainingJobs: Collection<TrainingJobRecord>;
  readonly training: TrainingSupervisor;
  readonly tags: TagStore;
}

export function createTuner(parts: TunerParts): Tuner {
  const { clock, log, tuningJobs, trials, trainingJobs, training } = parts;
  const timers = new Map<string, Timer>();
  const due = new Set<string>();
  let stopped = false;

  const apply = (key: string, event: TuningEvent): void => void tuningJobs.update(key, (job) => transition(job, event, clock.now()));

  /** Takes steps until there is something to wait for. */
  const advance = (key: string): void => {
    let exhausted: string | undefined;
    for (;;) {
      const job = tuningJobs.get(key);
      if (job === undefined || hasEnded(job)) return;
      const step = nextStep(parts, { key, job, exhausted });
      switch (step.kind) {
        case "wait":
          return;
        case "start":
          exhausted = startTrial(parts, key, job);
          break;
        case "stop-trials":
          stopTrials(parts, key, step.reason);
          return;
        case "end":
          timers.get(key)?.cancel();
          timers.delete(key);
          apply(key, { kind: "ended", status: step.status, reason: step.reason });
          log.info("a tuning job ended", { job: job.arn, status: step.status, reason: step.reason });
          return;
      }
    }
  };
  /** Soon, not now: it is asked for in the middle of what training jobs are doing. */
  const poke = (key: string): void => {
    if (stopped || due.has(key)) return;
    due.add(key);
    queueMicrotask(() => {
      due.delete(key);
      if (stopped) return;
      try {
        advance(key);
      } catch (error) {
        // Nothing of the tuning job's own gets here: this is a fault of ours, said as AWS says its own.
        log.error("a tuning job could not be carried on", { job: key, cause: (error as Error).stack });
        stopTrials(parts, key, "the tuning job failed");
        apply(key, { kind: "ended", status: "Failed", reason: "InternalServerError: We encountered an internal error. Please try again." });
      }
    });
  };
  const begin = (key: string): void => {
    const job = tuningJobs.get(key);
    if (job === undefined) return;
    const limit = job.request.HyperParameterTuningJobConfig?.ResourceLimits?.MaxRuntimeInSeconds;
    if (limit !== undefined) timers.set(key, clock.after(Math.max(0, job.createdAt + limit * SECOND - clock.now()), () => poke(key)));
    poke(key);
  };
  training.watch({
    changed(job) {
      if (stopped || job.tuning === undefined || !trainingHasEnded(job)) return;
      const key = keyOf(job, job.tuning.job);
      recordEnd(parts, key, job);
      poke(key);
    },
    measured(job, metric) {
      const key = job.tuning === undefined ? undefined : keyOf(job, job.tuning.job);
      const tuningJob = key === undefined ? undefined : tuningJobs.get(key);
      if (stopped || key === undefined || tuningJob === undefined || job.tuning === undefined) return;
      const reason = stopReason(parts, { key, job: tuningJob, number: job.tuning.number, metric });
      if (reason !== undefined) stopTrial(parts, { key, place: job, number: job.tuning.number }, reason);
    },
  });
  return {
    begin,
    requestStop(key) {
      apply(key, { kind: "stop-requested" });
      poke(key);
    },
    reconcile() {
      for (const [key, job] of tuningJobs.entries()) {
        if (hasEnded(job)) continue;
        for (const trial of trials.values({ prefix: trialPrefix(key) })) {
          const trained = trainingJobs.get(keyOf(job, trial.trainingJob));
          if (trial.end === undefined && trained !== undefined && trainingHasEnded(trained)) recordEnd(parts, key, trained);
        }
        begin(key);
      }
    },
    stop() {
      stopped = true;
      for (const timer of timers.values()) timer.cancel();
    },
  };
}

interface Now {
  readonly key: string;
  readonly job: TuningJobRecord;
  readonly exhausted: string | undefined;
}

function nextStep({ clock, trials }: TunerParts, { key, job, exhausted }: Now): TuningStep {
  const { ResourceLimits: limits, TuningJobCompletionCriteria: criteria } = job.request.HyperParameterTuningJobConfig ?? {};
  const maxRuntime = limits?.MaxRuntimeInSeconds;
  return decideStep({
    direction: job.definitions[0]?.objective.direction ?? "Minimize",
    trials: trials.values({ prefix: trialPrefix(key) }).map(asFacts),
    maxParallel: limits?.MaxParallelTrainingJobs ?? 1,
    ...(limits?.MaxNumberOfTrainingJobs !== undefined && { maxTrials: limits.MaxNumberOfTrainingJobs }),
    ...(criteria?.TargetObjectiveMetricValue !== undefined && { target: criteria.TargetObjectiveMetricValue }),
    ...(criteria?.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving !== undefined && { maxNotImproving: criteria.BestObjectiveNotImproving.MaxNumberOfTrainingJobsNotImproving }),
    stopRequested: job.status === "Stopping",
    outOfTime: maxRuntime !== undefined && clock.now() >= job.createdAt + maxRuntime * SECOND,
    ...(exhausted !== undefined && { exhausted }),
  });
}

/** Starts the next training job of the definition that has had fewest; gives the reason when no definition has anything left to try. */
function startTrial(parts: TunerParts, key: string, job: TuningJobRecord): string | undefined {
  const all = parts.trials.values({ prefix: trialPrefix(key) });
  const strategy = job.request.HyperParameterTuningJobConfig?.Strategy ?? "Bayesian";
  const prior = priorOf(parts, job);
  const triedBy = (definition: Definition): readonly TrialRecord[] => all.filter((trial) => trial.definition === definition.name);
  let exhausted = "";
  for (const definition of job.definitions.toSorted((a, b) => triedBy(a).length - triedBy(b).length)) {
    const next = decideNextTrial({
      // Hyperband decides who goes on; what is tried is drawn at random, as in its authors' form.
      strategy: strategy === "Hyperband" ? "Random" : strategy,
      parameters: definition.parameters, direction: definition.objective.direction, trials: triedBy(definition).map(asTrial), seed: job.seed,
      ...(prior !== undefined && { prior }),
    });
    if (next.kind === "exhausted") {
      exhausted = next.reason;
      continue;
    }
    launch(parts, { key, job, definition, number: all.length + 1 }, next);
    return undefined;
  }
  return exhausted;
}

interface Launch {
  readonly key: string;
  readonly job: TuningJobRecord;
  readonly definition: Definition;
  readonly number: number;
}

/** The training job and the trial are written together: neither is there without the other. */
function launch({ store, random, clock, trials, trainingJobs, training, tags }: TunerParts, { key, job, definition, number }: Launch, { values, reason }: { readonly values: TrialRecord["values"]; readonly reason: string }): void {
  const name = `${job.name}-${String(number).padStart(3, "0")}-${Buffer.from(random.bytes(4)).toString("hex")}`;
  const { account, region } = job;
  const now = clock.now();
  const arn = arnOf("training-job", job, name);
  const trainingKey = keyOf(job, name);
  const trained = newTrainingJob({
    name, arn, account, region, request: trainingRequest(definition, name, values), metricDefinitions: definition.metricDefinitions, tuning: { job: job.name, arn: job.arn, number },
  }, now);
  store.transaction(() => {
    trials.put(trialKey(key, number), { number, tuningJob: job.name, trainingJob: name, trainingJobArn: arn, definition: definition.name, values, createdAt: now, reason });
    if (!trainingJobs.insert(trainingKey, trained)) throw new Error(`the training job name ${name} was drawn twice`);
    // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html: its tags are its training jobs' too.
    tags.add(arn, job.request.Tags ?? []);
  });
  training.begin(trainingKey);
}

/** Writes down how a training job ended: it may be deleted later. */
function recordEnd({ tuningJobs, trials }: TunerParts, key: string, trained: TrainingJobRecord): void {
  const job = tuningJobs.get(key);
  if (job === undefined || trained.tuning === undefined) return;
  trials.update(trialKey(key, trained.tuning.number), (trial) => ({ ...trial, end: trialEnd(trained, objectiveOf(job, trial)) }));
}

function stopTrials(parts: TunerParts, key: string, reason: string): void {
  const job = parts.tuningJobs.get(key);
  if (job === undefined) return;
  for (const trial of parts.trials.values({ prefix: trialPrefix(key) })) {
    if (trial.end === undefined) stopTrial(parts, { key, place: job, number: trial.number }, reason);
  }
}

/** Stops a trial's training job, unless that is ending already. */
function stopTrial({ trials, trainingJobs, training }: TunerParts, { key, place, number }: { readonly key: string; readonly place: Place; readonly number: number }, reason: string): void {
  const trial = trials.update(trialKey(key, number), (present) => ({ ...present, stopReason: present.stopReason ?? reason }));
  const trainingKey = keyOf(place, trial?.trainingJob ?? "");
  if (trainingJobs.get(trainingKey)?.status === "InProgress") training.requestStop(trainingKey);
}
