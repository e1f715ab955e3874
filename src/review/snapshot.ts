/** What a review looks at: facts that the AWS API tells, here and on AWS alike. */
export interface Snapshot {
  readonly jobs: readonly JobFacts[];
  readonly tunings: readonly TuningFacts[];
  readonly notebooks: readonly NotebookFacts[];
}

export interface NotebookFacts {
  readonly name: string;
  readonly status: string;
  /** FailureReason. */
  readonly says: string | undefined;
}

export interface JobFacts {
  readonly name: string;
  readonly status: string;
  /** Its instances: one entry where all are of a type. */
  readonly groups: readonly GroupFacts[];
  readonly billableSeconds: number;
  /** From creation to the program's start; undefined where it has not started. */
  readonly startSeconds: number | undefined;
  /** USD for all instances; undefined where no price is known. */
  readonly usd: number | undefined;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricFacts[];
  /** How many classes the data has; undefined where that is not known. */
  readonly classes: number | undefined;
  /** Whether the data is divided among the hosts. */
  readonly sharded: boolean;
  /** Lines that a metric was read from, or that hold a number, by host, in their order. */
  readonly hostLines: Readonly<Record<string, readonly string[]>>;
  /** The training script as text; undefined where it could not be read. */
  readonly source: string | undefined;
  readonly rules: readonly { readonly name: string; readonly status: string; readonly details: string }[];
}

/** Instances of a type. */
export interface GroupFacts {
  /** Undefined in a job without instance groups. */
  readonly name: string | undefined;
  readonly instanceType: string;
  readonly count: number;
  /** Of an instance; 0 where the type is unknown. */
  readonly gpus: number;
  /** USD an hour of one; undefined where no price is known. */
  readonly usdPerHour: number | undefined;
  /** Of the host that needed the most memory; undefined where nothing was measured. */
  readonly usage: Usage | undefined;
}

/** What a host needed. */
export interface Usage {
  readonly peakMiB: number;
  /** What it has. */
  readonly limitMiB: number;
  /** Percent of its vCPUs over the whole run. */
  readonly cpuPercent: number | undefined;
  readonly vcpus: number | undefined;
}

export const instancesIn = ({ groups }: Pick<JobFacts, "groups">): number => groups.reduce((sum, { count }) => sum + count, 0);

export interface MetricFacts {
  readonly name: string;
  readonly regex: string;
  /** The last one. */
  readonly value: number | undefined;
}

export interface TuningFacts {
  readonly name: string;
  readonly metric: string;
  readonly regex: string;
  readonly direction: "Minimize" | "Maximize";
  readonly classes: number | undefined;
  /** Hyperparameters that are searched within numbers. */
  readonly ranges: readonly { readonly name: string; readonly min: number; readonly max: number }[];
  readonly trials: readonly TrialFacts[];
  /** Name of the best training job. */
  readonly best: string | undefined;
  readonly usd: number | undefined;
}

export interface TrialFacts {
  readonly name: string;
  readonly status: string;
  readonly values: Readonly<Record<string, string>>;
  readonly objective: number | undefined;
}

/** A mistake, or what may be one: what was seen, in numbers, and what to do. */
export interface Finding {
  readonly rule: string;
  /** The job, tuning job or endpoint that it is about. */
  readonly subject: string;
  readonly evidence: string;
  readonly advice: string;
}

/** A number for people: four digits that count. */
export const digits = (value: number): string => String(Number(value.toPrecision(4)));

/** A hyperparameter as a number, whatever quotes it has; undefined when it is none. */
export function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text.replaceAll('"', ""));
  return Number.isFinite(value) ? value : undefined;
}
