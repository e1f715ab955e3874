import type * as OnnxRuntime from "onnxruntime-node";

/**
 * The one way to ONNX Runtime. Official builds (1.30 was caught at it) report models, sessions and a device identifier to their maker from
 * Linux and macOS too, unless this variable is set before the library loads (https://github.com/microsoft/onnxruntime/pull/27379).
 * Loaded when first needed: the native library takes 10-20 ms.
 */
export function loadRuntime(): Promise<typeof OnnxRuntime> {
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
  return import("onnxruntime-node");
}
