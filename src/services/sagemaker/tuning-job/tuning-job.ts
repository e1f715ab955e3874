import type { CreateHyperParameterTuningJobRequest, CreateTrainingJobRequest } from "@aws-sdk/client-sagemaker";
import type { Instant } from "../../../base/instant.ts";
import type { Direction, Parameter } from "../../../decide/tuning/index.ts";
import type { TrainingJobRecord } from "../training-job/training-job.ts";

export type TuningStatus = "InProgress" | "Completed" | "Failed" | "Stopped" | "Stopping";

export interface Objective {
  readonly direction: Direction;
  readonly metric: string;
}

/** A training job definition with all that its training jobs have in common. */
export interface Definition {
  /** Empty where the request has one definition without a name. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly objective: Objective;
  /** CreateTrainingJob's request without the name and the tuned hyperparameters. */
  readonly request: CreateTrainingJobRequest;
  readonly metricDefinitions: TrainingJobRecord["metricDefinitions"];
}

export interface TuningJobRecord {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly request: CreateHyperParameterTuningJobRequest;
  readonly definitions: readonly Definition[];
  /** RandomSeed, or one that was drawn: the search can be replayed with it. */
  readonly seed: number;
  readonly status: TuningStatus;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
  readonly endedAt?: Instant;
  /** Why it ended as it did; FailureReason where it failed. */
  readonly reason?: string;
}

/** A training job of a tuning job, written with it in one transaction before it starts. Keyed by its number: see `trialKey`. */
export interface TrialRecord {
  readonly number: number;
  readonly tuningJob: string;
  readonly trainingJob: string;
  readonly trainingJobArn: string;
  /** The name of its definition. */
  readonly definition: string;
  readonly values: Readonly<Record<string, string>>;
  readonly createdAt: Instant;
  /** Why these values were tried. */
  readonly reason: string;
  /** Why the tuning job stopped it, if it did. */
  readonly stopReason?: string;
  /** How it ended: kept, for the training job may be deleted. */
  readonly end?: TrialEnd;
}

export interface TrialEnd {
  readonly status: "Completed" | "Failed" | "Stopped";
  readonly startedAt?: Instant;
  readonly endedAt: Instant;
  readonly failureReason?: string;
  readonly objective?: number;
}

const ENDED: readonly TuningStatus[] = ["Completed", "Failed", "Stopped"];
export const hasEnded = (job: TuningJobRecord): boolean => ENDED.includes(job.status);

export const trialPrefix = (tuningKey: string): string => `${tuningKey}/`;
/** MaxNumberOfTrainingJobs has five digits at most. */
export const trialKey = (tuningKey: string, number: number): string => `${trialPrefix(tuningKey)}${String(number).padStart(5, "0")}`;

export type TuningEvent =
  | { readonly kind: "stop-requested" }
  | { readonly kind: "ended"; readonly status: "Completed" | "Failed" | "Stopped"; readonly reason: string };

/** The record after an event. An event that the present state cannot have throws, naming both. */
export function transition(job: TuningJobRecord, event: TuningEvent, now: Instant): TuningJobRecord {
  if (hasEnded(job)) throw new Error(`tuning job ${job.name} is ${job.status}; ${event.kind} cannot happen to it`);
  switch (event.kind) {
    case "stop-requested": return { ...job, status: "Stopping", modifiedAt: now };
    case "ended": return { ...job, status: event.status, reason: event.reason, modifiedAt: now, endedAt: now };
  }
}

/** How an ended training job counts by the tuning job's objective. */
export function trialEnd({ status, trainingStartedAt, endedAt, failureReason, finalMetrics, modifiedAt }: TrainingJobRecord, objective: Objective | undefined): TrialEnd {
  const value = finalMetrics.find(({ name }) => name === objective?.metric)?.value;
  return {
    status: status === "Completed" || status === "Stopped" ? status : "Failed",
    ...(trainingStartedAt !== undefined && { startedAt: trainingStartedAt }),
    endedAt: endedAt ?? modifiedAt,
    ...(failureReason !== undefined && { failureReason }),
    ...(value !== undefined && { objective: value }),
  };
}
