import type { Instant } from "../../base/instant.ts";

/** One call of a function, as the Runtime API hands it over. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: Uint8Array;
  /** The ARN the caller used, qualifier included. */
  readonly invokedArn: string;
  readonly traceId: string;
  /** JSON text of the caller's client context. */
  readonly clientContext?: string | undefined;
}

/** An invocation with its deadline, on its way to the handler. */
export interface Delivery extends Invocation {
  readonly deadline: Instant;
}

/** How an invocation ended. A handler's own error is a result too: that is how AWS answers. */
export interface InvocationResult {
  readonly payload: Uint8Array;
  /** AWS says `Unhandled` for every error that its Node and Python runtimes report. */
  readonly functionError?: "Unhandled" | undefined;
  /** The last 4 KB of its log. */
  readonly logTail: Uint8Array;
  readonly durationMs: number;
  readonly billedMs: number;
  /** Present when this invocation waited for the environment's start. */
  readonly initMs?: number | undefined;
}
