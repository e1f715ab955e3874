import type { SystemSample } from "../../../../decide/debugger/index.ts";

export interface Spread {
  readonly max: number;
  readonly p99: number;
  readonly p95: number;
  readonly p50: number;
  readonly min: number;
}

/** Undefined where nothing was measured. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { max: at(1), p99: at(0.99), p95: at(0.95), p50: at(0.5), min: at(0) };
}

/** What a report tells of each host. */
export const QUANTITIES = { CPU: "cpu", Memory: "memory", "I/O read": "read", "I/O write": "written", Disk: "disk" } as const satisfies Readonly<Record<string, keyof SystemSample>>;

export type Quantity = keyof typeof QUANTITIES;

export const hostsIn = (system: readonly SystemSample[]): readonly string[] => [...new Set(system.map(({ host }) => host))];

export const valuesOf = (system: readonly SystemSample[], host: string, quantity: Quantity): readonly number[] =>
  system.filter((sample) => sample.host === host).map((sample) => sample[QUANTITIES[quantity]] ?? 0);
