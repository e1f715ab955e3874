import type { InferenceSession } from "onnxruntime-node";
import { loadRuntime } from "./runtime.ts";

export type { InferenceSession } from "onnxruntime-node";

export interface SessionOptions {
  /** Threads for one run; ONNX Runtime's pool holds this many. */
  readonly threads: number;
  /** Runs operations that do not need each other at the same time, each on one thread, instead of sharing every operation among the threads. */
  readonly apart?: boolean;
}

/**
 * Loads a model for running on the CPU. Waiting threads sleep instead of spinning: it costs nothing alone and does not starve
 * the other processes of the machine.
 */
export async function createSession(model: Uint8Array | string, options: SessionOptions): Promise<InferenceSession> {
  const ort = await loadRuntime();
  const settings: InferenceSession.SessionOptions = {
    intraOpNumThreads: options.apart ? 1 : options.threads,
    interOpNumThreads: options.apart ? options.threads : 1,
    executionMode: options.apart ? "parallel" : "sequential",
    // Warnings of its optimiser (unused initializers and the like) are nothing that a user can act on.
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
  };
  return typeof model === "string" ? ort.InferenceSession.create(model, settings) : ort.InferenceSession.create(model, settings);
}
