import { INSTANCE_TYPES, usdPerHour, type InstanceType, type InstanceUse } from "../catalogue/instance-types.ts";
import { digits } from "./snapshot.ts";

/** A run of the user's, as evidence for the choice of a type. */
export interface RunFacts {
  readonly name: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  /** Of one instance. */
  readonly billableSeconds: number;
  readonly peakMiB: number | undefined;
  /** From creation to the program's start. */
  readonly startSeconds: number | undefined;
}

export interface InstanceRow {
  readonly type: InstanceType;
  /** Whether the largest run fits with a margin; undefined where no run is known. */
  readonly fits: boolean | undefined;
  /** USD of the latest run, had it been as fast on this type. */
  readonly usdPerRun: number | undefined;
}

export interface InstanceAdvice {
  readonly rows: readonly InstanceRow[];
  readonly chosen: InstanceType | undefined;
  /** The choice in words: cost, power, launch speed, each with its evidence. */
  readonly explanation: string;
}

/** A fifth more than the largest peak. */
const MARGIN = 1.2;

/** Types for a use, the cheapest first, with what the runs say of them. Types without a known price come last. */
export function adviseInstances(use: InstanceUse, runs: readonly RunFacts[]): InstanceAdvice {
  const peaks = runs.flatMap(({ peakMiB }) => peakMiB ?? []);
  const neededMiB = peaks.length === 0 ? undefined : Math.max(...peaks) * MARGIN;
  const [latest] = runs;
  const rows = typesFor(use).map((type): InstanceRow => ({
    type,
    fits: neededMiB === undefined ? undefined : type.memoryGiB * 1024 >= neededMiB,
    usdPerRun: latest === undefined || type.usdPerHour === undefined ? undefined : (type.usdPerHour * latest.billableSeconds * latest.instanceCount) / 3600,
  }));
  const chosen = rows.find(({ type, fits }) => fits !== false && type.gpus === 0 && type.usdPerHour !== undefined)?.type;
  return { rows, chosen, explanation: explain(use, chosen, { runs, neededMiB }) };
}

/** With the price that a type has for this use. */
const typesFor = (use: InstanceUse): readonly InstanceType[] => INSTANCE_TYPES.filter(({ uses }) => uses.includes(use))
  .map((type) => ({ ...type, usdPerHour: usdPerHour(type.name, use) })).toSorted((a, b) => (a.usdPerHour ?? Infinity) - (b.usdPerHour ?? Infinity));

function explain(use: InstanceUse, chosen: InstanceType | undefined, { runs, neededMiB }: { readonly runs: readonly RunFacts[]; readonly neededMiB: number | undefined }): string {
  if (chosen === undefined) return `No known type for ${use} holds what the runs needed.`;
  const cost = `${chosen.name} costs $${chosen.usdPerHour ?? 0} an hour (us-east-1, on demand)`;
  const power = `it has ${chosen.vcpus} vCPUs and ${chosen.memoryGiB} GiB`;
  const [latest] = runs;
  if (latest === undefined || neededMiB === undefined) return `${cost}; ${power}. It is the cheapest without a GPU: no run of yours tells yet what is needed. Run once, and ask again.`;
  const starts = runs.flatMap(({ startSeconds }) => startSeconds ?? []);
  const start = starts.length === 0 ? "" : ` Its launch took ${digits(starts.toSorted((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0)} s here (AWS takes minutes for an instance that it has to find).`;
  const run = chosen.usdPerHour === undefined ? "" : ` A run of ${latest.billableSeconds} s costs $${((chosen.usdPerHour * latest.billableSeconds * latest.instanceCount) / 3600).toFixed(5)} if it is as fast as on ${latest.instanceType}.`;
  return `${cost}; ${power}. It is the cheapest that holds the largest peak of ${runs.length} run${runs.length > 1 ? "s" : ""}, ${Math.round(neededMiB / MARGIN)} MiB, and a fifth more.${run}${start}`;
}
