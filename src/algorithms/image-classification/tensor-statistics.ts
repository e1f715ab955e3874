/** Numbers about a tensor, as Debugger's rules read them (`TensorStatistics` of src/decide/debugger); the Python hook's `_statistics.py` gives the same. */
export interface Statistics {
  readonly count: number;
  readonly broken: number;
  readonly meanAbs?: number;
  readonly variance?: number;
  readonly p5?: number;
  readonly p95?: number;
  readonly zero?: number;
  readonly sum?: number;
  readonly squares?: number;
}

/** Percentiles need no more values than this. */
const SAMPLE = 10_000;

/** Of the finite values; `broken` counts the others. */
export function statisticsOf(values: Float32Array): Statistics {
  const kept = values.filter(Number.isFinite);
  const broken = values.length - kept.length;
  if (kept.length === 0) return { count: values.length, broken };
  let [sum, squares, abs, zeros] = [0, 0, 0, 0];
  for (const value of kept) {
    sum += value;
    squares += value * value;
    abs += Math.abs(value);
    if (value === 0) zeros += 1;
  }
  const stride = Math.ceil(kept.length / SAMPLE);
  const sample = kept.filter((_, index) => index % stride === 0).sort();
  const at = (share: number): number => sample[Math.min(sample.length - 1, Math.floor(sample.length * share))] ?? 0;
  const mean = sum / kept.length;
  return { count: values.length, broken, meanAbs: abs / kept.length, variance: Math.max(0, squares / kept.length - mean * mean), p5: at(0.05), p95: at(0.95), zero: zeros / kept.length, sum, squares };
}
