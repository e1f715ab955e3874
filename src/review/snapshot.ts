/** What a review looks at: facts that the AWS API tells, here and on AWS alike. */
export interface Snapshot {
  readonly jobs: readonly JobFacts[];
  readonly tunings: readonly TuningFacts[];
}

export interface JobFacts {
  readonly name: string;
  readonly status: string;
  readonly instanceType: string;
  readonly instanceCount: number;
  /** GPUs of an instance; 0 where the type is unknown. */
  readonly gpus: number;
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
  /** Highest memory of a host in MiB, beside what it has. */
  readonly memory: { readonly peakMiB: number; readonly limitMiB: number } | undefined;
  /** The training script as text; undefined where it could not be read. */
  readonly source: string | undefined;
  readonly rules: readonly { readonly name: string; readonly status: string; readonly details: string }[];
}

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
