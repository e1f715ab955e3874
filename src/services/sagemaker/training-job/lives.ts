import { SECOND } from "../../../base/instant.ts";
import { decideAfterLife, secondsToInterruption, type LifeEnd, type SpotMarket } from "../../../decide/training/index.ts";
import type { Timer } from "../../../shared/clock.ts";
import { runTrainingJob, type EndOfLife, type RunParts } from "./run.ts";
import type { SupervisorParts } from "./supervisor.ts";
import type { EndOfJob, JobEvent, TrainingJobRecord } from "./training-job.ts";

export const INTERNAL_FAULT = "InternalServerError: We encountered an internal error. Please try again.";

export interface LivesParts extends SupervisorParts, Omit<RunParts, keyof SupervisorParts | "interruption"> {
  readonly spotMarket: SpotMarket;
  /** A life begins, and can be interrupted by this. */
  readonly onLife: (interruption: AbortController) => void;
  /** The job has no machines any more, and will have none. Before its last state is stored. */
  readonly release: () => void;
}

/** Why spot instances were taken away, as the reason of an abort. */
export const interruptionReason = (): Error => new Error("the managed spot training instances were interrupted");

/** Carries a job through one life after another, until it has ended or the server stops. */
export async function liveThrough(parts: LivesParts): Promise<void> {
  for (;;) {
    const end = await oneLife(parts);
    if (end === undefined) return;
    const job = parts.current();
    const next = decideAfterLife(lifeEnd(end), {
      maxAttempts: job.request.RetryStrategy?.MaximumRetryAttempts ?? 0, retries: job.retries ?? 0,
      stopping: parts.stopRequest.aborted, waitSeconds: parts.spotMarket.waitSeconds,
    });
    if (next.kind === "end") {
      parts.release();
      parts.apply(lastEvent(parts, end), end.also);
      return;
    }
    if (end.event.kind === "failed") parts.apply({ kind: "retried", reason: end.event.reason }, end.also);
    else if (!(await waitForCapacity(parts, end, next.afterSeconds))) return;
  }
}

/** Nothing of the job's own throws: what does is a fault of ours, said as AWS says its own. */
async function oneLife(parts: LivesParts): Promise<EndOfLife | undefined> {
  const job = parts.current();
  const interruption = new AbortController();
  parts.onLife(interruption);
  let timer: Timer | undefined;
  const apply: RunParts["apply"] = (event, also) => {
    if (event.kind === "placed" && job.request.EnableManagedSpotTraining === true) timer = armInterruption(parts, job, interruption);
    return parts.apply(event, also);
  };
  try {
    return await runTrainingJob({ ...parts, apply, interruption: interruption.signal }, job);
  } catch (error) {
    parts.log.error("a training job could not be carried out", { job: job.arn, cause: (error as Error).stack });
    return parts.serverStop.aborted ? undefined : { event: { kind: "failed", reason: INTERNAL_FAULT }, internal: true };
  } finally {
    timer?.cancel();
  }
}

function armInterruption({ clock, spotMarket }: LivesParts, job: TrainingJobRecord, interruption: AbortController): Timer | undefined {
  const seconds = secondsToInterruption(spotMarket, job.name, job.runs.length);
  return seconds === undefined ? undefined : clock.after(seconds * SECOND, () => interruption.abort(interruptionReason()));
}

const lifeEnd = ({ event, internal }: EndOfLife): LifeEnd => (event.kind === "interrupted" ? "interrupted" : internal === true ? "internal-fault" : "ended");

/** A job that is asked to stop between two lives ends as it was asked to. */
const lastEvent = ({ stopsBecause }: LivesParts, { event }: EndOfLife): EndOfJob => (event.kind === "interrupted" ? { kind: "stopped", because: stopsBecause() } : event);

/** False when the job has ended meanwhile, or the server stops. */
async function waitForCapacity({ clock, apply, stopRequest, serverStop, stopsBecause, release }: LivesParts, { also }: EndOfLife, seconds: number): Promise<boolean> {
  apply({ kind: "interrupted" }, also);
  await clock.sleep(seconds * SECOND, AbortSignal.any([stopRequest, serverStop])).catch(() => undefined);
  if (serverStop.aborted) return false;
  const event: JobEvent = stopRequest.aborted ? { kind: "stopped", because: stopsBecause() } : { kind: "starting-again" };
  if (stopRequest.aborted) release();
  apply(event);
  return !stopRequest.aborted;
}
