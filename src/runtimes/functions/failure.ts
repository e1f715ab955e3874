import type { Exit } from "../../machines/types.ts";

/** How an invocation failed without an answer of the handler's own. */
export interface Failure {
  /** AWS's error document. */
  readonly document: { readonly errorType: string; readonly errorMessage: string };
  /** The `Status:` field of the REPORT line. */
  readonly status: string;
  /** Lines that AWS writes before END. */
  readonly lines: readonly string[];
}

// Observed answers of AWS: the OOM document says ExitError while its REPORT line says OutOfMemory.
const SIGNAL_WORDS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: "killed", SIGSEGV: "segmentation fault", SIGABRT: "aborted", SIGTERM: "terminated", SIGBUS: "bus error",
  SIGFPE: "floating point exception", SIGILL: "illegal instruction", SIGINT: "interrupt", SIGHUP: "hangup", SIGTRAP: "trace/breakpoint trap",
};

function exitReason(exit: Exit): string {
  switch (exit.kind) {
    case "exited":
      return exit.code === 0 ? "Runtime exited without providing a reason" : `Runtime exited with error: exit status ${exit.code}`;
    case "signalled":
      return `Runtime exited with error: signal: ${SIGNAL_WORDS[exit.signal] ?? exit.signal}`;
    case "out-of-memory":
      return "Runtime exited with error: signal: killed";
    case "not-started":
      return `Couldn't start the runtime: ${exit.reason}`;
  }
}

/** The program ended before it answered. https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
export function exitFailure(requestId: string, exit: Exit): Failure {
  const errorMessage = `RequestId: ${requestId} Error: ${exitReason(exit)}`;
  return {
    document: { errorType: "Runtime.ExitError", errorMessage },
    status: `error\tError Type: ${exit.kind === "out-of-memory" ? "Runtime.OutOfMemory" : "Runtime.ExitError"}`,
    lines: [
      `${errorMessage}\nRuntime.ExitError`,
      // Ours, not AWS's: the figures that tell how much would have been needed.
      ...(exit.kind === "out-of-memory" ? [`sagebrush: out of memory, ${Math.ceil(exit.peakMiB)} MB used of ${exit.limitMiB} MB`] : []),
    ],
  };
}

export function timeoutFailure(requestId: string, timeoutMs: number, line: string): Failure {
  return {
    document: { errorType: "Sandbox.Timedout", errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds` },
    status: "timeout",
    lines: [line],
  };
}

/** 6 MB and some headroom: AWS's own figure in this message. */
export const MAX_RESPONSE_BYTES = 6_291_556;

export const responseTooLarge = (): Failure => ({
  document: { errorType: "Function.ResponseSizeTooLarge", errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).` },
  status: "error\tError Type: Function.ResponseSizeTooLarge",
  lines: [],
});
