import type { CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../base/instant.ts";
import { SPOT_PAID_SHARE } from "../../../catalogue/prices.ts";
import type { RuleRecord } from "./rules/configurations.ts";

/**
 * What a job is doing. Ended: Completed, Failed, Stopped, MaxRuntimeExceeded, MaxWaitTimeExceeded.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html#sagemaker-DescribeTrainingJob-response-SecondaryStatus
 */
export type SecondaryStatus =
  | "Starting" // a machine is being found and made
  | "Pending" // no room on the host yet; the job waits
  | "Downloading" // channels are copied to the machine
  | "Training" // the program runs
  | "Uploading" // the artifact is being written to S3
  | "Interrupted" // the spot instances were taken away; it waits for others
  | "Restarting" // the server died under the job; it begins again from its beginning (declared deviation)
  | "Stopping" // asked to stop; the program has 120 s to save
  | "Completed" | "Failed" | "Stopped" | "MaxRuntimeExceeded" | "MaxWaitTimeExceeded";

/** Why a job was stopped before its end. */
export type StopCause = "Stopped" | "MaxRuntimeExceeded" | "MaxWaitTimeExceeded";

export type JobStatus = "InProgress" | "Stopping" | "Completed" | "Failed" | "Stopped";

export interface Transition {
  readonly status: SecondaryStatus;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly message: string;
}

/** One life of the job on its machines; more than one after an interruption, a retry, or the death of the server under it. */
export interface Run {
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
}

export interface FinalMetric {
  readonly name: string;
  readonly value: number;
  readonly at: Instant;
}

export interface TrainingJobRecord {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly request: CreateTrainingJobRequest;
  readonly status: JobStatus;
  readonly secondary: SecondaryStatus;
  readonly transitions: readonly Transition[];
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
  /** When it first had its machines: AWS bills from here. */
  readonly trainingStartedAt?: Instant;
  readonly endedAt?: Instant;
  readonly runs: readonly Run[];
  /** How often it was begun again after a fault of the service's own. */
  readonly retries?: number;
  /** What a job that is being stopped will have ended as. */
  readonly stopCause?: StopCause;
  readonly failureReason?: string;
  readonly artifact?: string;
  readonly finalMetrics: readonly FinalMetric[];
  readonly metricDefinitions: readonly { readonly name: string; readonly regex: string }[];
  /** The tuning job that made it. */
  readonly tuning?: { readonly job: string; readonly arn: string; readonly number: number };
  /** Debugger's and the profiler's rules, as they stand. */
  readonly rules?: readonly RuleRecord[];
  /** Highest memory of the machine in MiB, once it has run. */
  readonly peakMiB?: number;
  /** What the machine could not be given as its type promises, said by the host. */
  readonly notes: readonly string[];
}

export type JobEvent =
  | { readonly kind: "waiting"; readonly reason: string }
  | { readonly kind: "placed"; readonly notes: readonly string[] }
  | { readonly kind: "training" }
  | { readonly kind: "uploading" }
  | { readonly kind: "stop-requested"; readonly because: StopCause }
  /** `lastSeen`: until when the server before this one is known to have stood behind the job. */
  | { readonly kind: "server-restarted"; readonly lastSeen: Instant }
  | Setback
  | { readonly kind: "starting-again" }
  | EndOfJob;

/** A life is over and the job is not. */
export type Setback = { readonly kind: "interrupted" } | { readonly kind: "retried"; readonly reason: string };

/** Nothing happens to a job after one of these. */
export type EndOfJob =
  | { readonly kind: "completed"; readonly artifact: string }
  | { readonly kind: "failed"; readonly reason: string }
  /** `ranUntil`: when its machines were lost, if that was before now. */
  | { readonly kind: "stopped"; readonly artifact?: string; readonly because: StopCause; readonly ranUntil?: Instant };

/** Of a job's last life: there is nothing to be seen of its programs any more. */
export const endsTraining = ({ kind }: JobEvent): boolean => ["uploading", "completed", "failed", "stopped"].includes(kind);

/** FailureReason's longest: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
const MAX_REASON = 1024;

const ENDED: readonly JobStatus[] = ["Completed", "Failed", "Stopped"];
export const hasEnded = (job: TrainingJobRecord): boolean => ENDED.includes(job.status);

/** A job as CreateTrainingJob stores it. */
export const newTrainingJob = (made: Pick<TrainingJobRecord, "name" | "arn" | "account" | "region" | "request" | "metricDefinitions" | "tuning" | "rules">, now: Instant): TrainingJobRecord => ({
  ...made, status: "InProgress", secondary: "Starting", createdAt: now, modifiedAt: now,
  transitions: [{ status: "Starting", startedAt: now, message: MESSAGES.Starting }],
  runs: [], finalMetrics: [], notes: [],
});

const MESSAGES: Readonly<Record<SecondaryStatus, string>> = {
  Starting: "Starting the training job",
  Pending: "Waiting for room on this host",
  Downloading: "Downloading input data",
  Training: "Training image download completed. Training in progress.",
  Uploading: "Uploading generated training model",
  Interrupted: "The job stopped because the managed spot training instances were interrupted.",
  Restarting: "The server stopped while the job ran; the job begins again",
  Stopping: "Stopping the training job",
  Completed: "Training job completed",
  Failed: "Training job failed",
  Stopped: "Training job stopped",
  MaxRuntimeExceeded: "Training job runtime exceeded MaxRuntimeInSeconds provided",
  MaxWaitTimeExceeded: "The job stopped because it exceeded the maximum allowed wait time.",
};

/** The record after an event. An event that the present state cannot have throws, naming both. */
export function transition(job: TrainingJobRecord, event: JobEvent, now: Instant): TrainingJobRecord {
  if (hasEnded(job)) throw new Error(`training job ${job.name} is ${job.status}; ${event.kind} cannot happen to it`);
  switch (event.kind) {
    case "waiting": return move(job, "Pending", now, { message: event.reason });
    case "placed": return { ...move(job, "Downloading", now), notes: event.notes, runs: [...job.runs, { startedAt: now }], trainingStartedAt: job.trainingStartedAt ?? now };
    case "training": return move(job, "Training", now);
    case "uploading": return move(job, "Uploading", now);
    case "stop-requested": return { ...move(job, "Stopping", now, { status: "Stopping" }), stopCause: event.because };
    case "server-restarted": return { ...move(endRun(job, event.lastSeen), "Restarting", event.lastSeen), modifiedAt: now };
    case "interrupted": return move(endRun(job, now), "Interrupted", now);
    case "retried": return { ...move(endRun(job, now), "Starting", now, { message: `Starting the training job again after ${event.reason}` }), retries: (job.retries ?? 0) + 1 };
    case "starting-again": return move(job, "Starting", now);
    case "completed": return finish(job, "Completed", now, { status: "Completed", artifact: event.artifact });
    case "failed": return finish(job, "Failed", now, { status: "Failed", failureReason: event.reason.slice(0, MAX_REASON) });
    case "stopped": return finish(endRun(job, event.ranUntil ?? now), event.because, now, { status: "Stopped", ...(event.artifact !== undefined && { artifact: event.artifact }) });
  }
}

function move(job: TrainingJobRecord, secondary: SecondaryStatus, now: Instant, { message = MESSAGES[secondary], status = job.status }: { readonly message?: string; readonly status?: JobStatus } = {}): TrainingJobRecord {
  if (job.secondary === secondary) {
    // Only the reason changed: a job that waits for long says why now, not every reason it ever had.
    return { ...job, transitions: job.transitions.map((each, index) => (index === job.transitions.length - 1 ? { ...each, message } : each)), modifiedAt: now };
  }
  const transitions = [...closeLast(job.transitions, now), { status: secondary, startedAt: now, message }];
  return { ...job, status, secondary, transitions, modifiedAt: now };
}

function finish(job: TrainingJobRecord, secondary: SecondaryStatus, now: Instant, outcome: Pick<TrainingJobRecord, "status"> & Partial<TrainingJobRecord>): TrainingJobRecord {
  const moved = move(endRun(job, now), secondary, now, { status: outcome.status, ...(outcome.failureReason !== undefined && { message: outcome.failureReason }) });
  return { ...moved, ...outcome, transitions: closeLast(moved.transitions, now), endedAt: now };
}

const closeLast = (transitions: readonly Transition[], now: Instant): readonly Transition[] =>
  transitions.map((each, index) => (index === transitions.length - 1 && each.endedAt === undefined ? { ...each, endedAt: now } : each));

const endRun = (job: TrainingJobRecord, now: Instant): TrainingJobRecord =>
  ({ ...job, runs: job.runs.map((run) => (run.endedAt === undefined ? { ...run, endedAt: now } : run)) });

/** Seconds of machine time over all runs, rounded up. */
export const trainingSeconds = (job: TrainingJobRecord, now: Instant): number =>
  Math.ceil(job.runs.reduce((sum, run) => sum + ((run.endedAt ?? now) - run.startedAt), 0) / 1000);

/**
 * Seconds that are paid for at the price of instances on demand: on spot instances the share of them that the discount leaves. So AWS's formula,
 * (1 - BillableTimeInSeconds / TrainingTimeInSeconds) * 100, gives the savings: https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
 */
export const billableSeconds = (job: TrainingJobRecord, now: Instant): number =>
  Math.ceil(trainingSeconds(job, now) * (job.request.EnableManagedSpotTraining === true ? SPOT_PAID_SHARE : 1));
