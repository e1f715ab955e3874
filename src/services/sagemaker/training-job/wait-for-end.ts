import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import type { RunningTraining, TrainingOutcome } from "../../../runtimes/training/index.ts";
import type { Clock } from "../../../shared/clock.ts";
import { DEFAULT_MAX_RUNTIME_SECONDS } from "../limits.ts";
import type { TrainingJobRecord } from "./training-job.ts";

/** Time a program has to save after SIGTERM: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html */
const STOP_GRACE: Milliseconds = 120 * SECOND;

export type TrainingEnd = TrainingOutcome | { readonly kind: "Stopped" | "MaxRuntimeExceeded" };

interface Enders {
  readonly clock: Clock;
  readonly stopRequest: AbortSignal;
  readonly serverStop: AbortSignal;
}

/** The program's own end, or the end that a stop request, the time limit or the server's stop gives it. */
export async function waitForEnd({ clock, stopRequest, serverStop }: Enders, job: TrainingJobRecord, training: RunningTraining): Promise<TrainingEnd> {
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
