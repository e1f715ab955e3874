import type { InferenceSession } from "onnxruntime-node";
import { loadRuntime } from "./runtime.ts";

export type { InferenceSession } from "onnxruntime-node";

export interface SessionOptions {
  /** Threads for one run; ONNX Runtime's pool holds this many. */
  readonly threads: number;
}

/**
 * Loads a model for running on the CPU. Waiting threads sleep instead of spinning: it costs nothing alone and does not starve
 * the other processes of the machine.
 */
export async function createSession(model: Uint8Array | string, options: SessionOptions): Promise<InferenceSession> {
  const ort = await loadRuntime();
  const settings: InferenceSession.SessionOptions = {
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    // Warnings of its optimiser (unused initializers and the like) are nothing that a user can act on.
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
  return typeof model === "string" ? ort.InferenceSession.create(model, settings) : ort.InferenceSession.create(model, settings);
}
