import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import { secondsLeft } from "../../../decide/training/index.ts";
import type { RunningTraining, TrainingOutcome } from "../../../runtimes/training/index.ts";
import type { Clock } from "../../../shared/clock.ts";
import { DEFAULT_MAX_RUNTIME_SECONDS } from "../limits.ts";
import type { StopCause, TrainingJobRecord } from "./training-job.ts";

/** Time a program has to save after SIGTERM: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html */
const STOP_GRACE: Milliseconds = 120 * SECOND;

export type TrainingEnd = TrainingOutcome | { readonly kind: StopCause | "Interrupted" };

interface Enders {
  readonly clock: Clock;
  readonly stopRequest: AbortSignal;
  readonly serverStop: AbortSignal;
  readonly interruption: AbortSignal;
  readonly stopsBecause: () => StopCause;
}

/** The program's own end, or the end that a stop request, the time limit or the server's stop gives it. */
export async function waitForEnd({ clock, stopRequest, serverStop, interruption, stopsBecause }: Enders, job: TrainingJobRecord, training: RunningTraining): Promise<TrainingEnd> {
  const limit = secondsLeft(job.request.StoppingCondition?.MaxRuntimeInSeconds ?? DEFAULT_MAX_RUNTIME_SECONDS, earlierLives(job)) * SECOND;
  let because: StopCause | "Interrupted" | undefined;
  const end = (reason: StopCause | "Interrupted", grace: Milliseconds): void => {
    because ??= reason;
    void training.stop(grace);
  };
  const timer = clock.after(limit, () => end("MaxRuntimeExceeded", STOP_GRACE));
  const onStop = (): void => end(stopsBecause(), STOP_GRACE);
  // EC2's notice of an interruption is as long: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
  const onInterruption = (): void => end("Interrupted", STOP_GRACE);
  const onServerStop = (): void => end("Stopped", 0);
  stopRequest.addEventListener("abort", onStop);
  serverStop.addEventListener("abort", onServerStop);
  interruption.addEventListener("abort", onInterruption);
  if (stopRequest.aborted) onStop();
  if (interruption.aborted) onInterruption();
  if (serverStop.aborted) onServerStop();
  const outcome = await training.outcome;
  timer.cancel();
  stopRequest.removeEventListener("abort", onStop);
  serverStop.removeEventListener("abort", onServerStop);
  interruption.removeEventListener("abort", onInterruption);
  return because === undefined ? outcome : { kind: because };
}

/** What the job has had of its time before this life. */
const earlierLives = ({ runs }: TrainingJobRecord): readonly { readonly seconds: number }[] =>
  runs.flatMap(({ startedAt, endedAt }) => (endedAt === undefined ? [] : [{ seconds: (endedAt - startedAt) / SECOND }]));
