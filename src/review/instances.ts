import { INSTANCE_TYPES, usdPerHour, type InstanceType, type InstanceUse } from "../catalogue/instance-types.ts";
import { MACHINE_TYPES } from "../catalogue/machine-types.ts";
import { digits, type Usage } from "./snapshot.ts";

/** `machine`: one of EC2's, for a script without a service around it. */
export type AdvisedUse = InstanceUse | "machine";

/** A run of the user's, as evidence for the choice of a type. */
export interface RunFacts {
  readonly name: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  /** Of one instance. */
  readonly billableSeconds: number;
  readonly usage: Usage | undefined;
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
export function adviseInstances(use: AdvisedUse, runs: readonly RunFacts[]): InstanceAdvice {
  const peaks = runs.flatMap(({ usage }) => usage?.peakMiB ?? []);
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
const typesFor = (use: AdvisedUse): readonly InstanceType[] =>
  (use === "machine" ? MACHINE_TYPES : INSTANCE_TYPES.filter(({ uses }) => uses.includes(use)).map((type) => ({ ...type, usdPerHour: usdPerHour(type.name, use) })))
    .toSorted((a, b) => (a.usdPerHour ?? Infinity) - (b.usdPerHour ?? Infinity));

/** What nothing is known of, and how that changes. */
const UNKNOWN: Readonly<Record<AdvisedUse, string>> = {
  training: "no run of yours tells yet what is needed. Run once, and ask again.",
  machine: "no run of yours tells yet what is needed. Run the script once as a training job, and ask again.",
  hosting: "what endpoints need is not recorded. The artifact must fit into it beside its libraries, once for each worker.",
  notebook: "what kernels need is not recorded. One that outgrows the type dies, and the finding names the next type.",
};

function explain(use: AdvisedUse, chosen: InstanceType | undefined, { runs, neededMiB }: { readonly runs: readonly RunFacts[]; readonly neededMiB: number | undefined }): string {
  if (chosen === undefined) return `No known type for ${use} holds what the runs needed.`;
  const cost = `${chosen.name} costs $${chosen.usdPerHour ?? 0} an hour (us-east-1, on demand)`;
  const power = `it has ${chosen.vcpus} vCPUs and ${chosen.memoryGiB} GiB`;
  const [latest] = runs;
  if (latest === undefined || neededMiB === undefined) return `${cost}; ${power}. It is the cheapest without a GPU: ${UNKNOWN[use]}`;
  return `${cost}; ${power}. It is the cheapest that holds the largest peak of ${runs.length} run${runs.length > 1 ? "s" : ""}, ${Math.round(neededMiB / MARGIN)} MiB, and a fifth more.${cpuOf(latest)}${runOf(latest, chosen)}${startOf(runs)}`;
}

const cpuOf = ({ instanceType, usage }: RunFacts): string => (usage?.cpuPercent === undefined || usage.vcpus === undefined ? ""
  : ` The latest run kept ${usage.cpuPercent} % of the ${usage.vcpus} vCPUs busy that ${instanceType} had here.`);

const runOf = ({ billableSeconds, instanceCount, instanceType }: RunFacts, { usdPerHour: hourly }: InstanceType): string => (hourly === undefined ? ""
  : ` A run of ${billableSeconds} s costs $${((hourly * billableSeconds * instanceCount) / 3600).toFixed(5)} if it is as fast as on ${instanceType}.`);

function startOf(runs: readonly RunFacts[]): string {
  const starts = runs.flatMap(({ startSeconds }) => startSeconds ?? []).toSorted((a, b) => a - b);
  const middle = starts[Math.floor(starts.length / 2)];
  return middle === undefined ? "" : ` Its launch took ${digits(middle)} s here (AWS takes minutes for an instance that it has to find).`;
}
