/**
 * Variables that make numeric libraries behave beside other programs: as many threads as the machine has vCPUs, and
 * waiting threads that sleep (active waiting collapses when another program wants the core: 14 images a second for 42).
 * ONNX Runtime sends telemetry since 1.30 unless it is told not to: nothing leaves a machine unasked.
 */
export function threadVariables(vcpus: number): Readonly<Record<string, string>> {
  const threads = String(Math.max(1, Math.floor(vcpus)));
  return { OMP_NUM_THREADS: threads, OMP_WAIT_POLICY: "PASSIVE", OPENBLAS_NUM_THREADS: threads, MKL_NUM_THREADS: threads, SAGEBRUSH_VCPUS: threads, ORT_DISABLE_TELEMETRY: "1" };
}
