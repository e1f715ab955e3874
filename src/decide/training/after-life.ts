/** How a job's life on its machines ended, as far as it matters for what comes next. */
export type LifeEnd =
  | "ended" // by itself, by a limit or by request
  | "interrupted" // the spot instances were taken away
  | "internal-fault"; // of the service's own: RetryStrategy is about these alone

export interface JobCourse {
  /** MaximumRetryAttempts of RetryStrategy. */
  readonly maxAttempts: number;
  /** Retries that there were. */
  readonly retries: number;
  /** Somebody, or a limit, ends the job. */
  readonly stopping: boolean;
  readonly waitSeconds: number;
}

export type AfterLife = { readonly kind: "end" } | { readonly kind: "again"; readonly afterSeconds: number };

/**
 * Whether a job goes on under its name after a life: after an interruption always, after an internal fault as often as was asked for.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_RetryStrategy.html
 */
export function decideAfterLife(end: LifeEnd, { maxAttempts, retries, stopping, waitSeconds }: JobCourse): AfterLife {
  if (end === "ended" || stopping) return { kind: "end" };
  if (end === "interrupted") return { kind: "again", afterSeconds: waitSeconds };
  return retries < maxAttempts ? { kind: "again", afterSeconds: 0 } : { kind: "end" };
}

/** Seconds of MaxRuntimeInSeconds that are left to a life: all lives of a job together may run so long. */
export const secondsLeft = (maxRuntimeSeconds: number, lives: readonly { readonly seconds: number }[]): number =>
  Math.max(0, maxRuntimeSeconds - lives.reduce((sum, { seconds }) => sum + seconds, 0));
