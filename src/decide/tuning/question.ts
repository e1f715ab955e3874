/** How a range is searched: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html#scaling-type */
export type Scaling = "Auto" | "Linear" | "Logarithmic" | "ReverseLogarithmic";

export interface Range {
  readonly kind: "continuous" | "integer";
  readonly name: string;
  /** Both ends belong to the range. */
  readonly min: number;
  readonly max: number;
  readonly scaling: Scaling;
}

export interface Choice {
  readonly kind: "categorical";
  readonly name: string;
  readonly values: readonly string[];
}

export type Parameter = Range | Choice;

export type Direction = "Minimize" | "Maximize";

/** Values as SageMaker hands hyperparameters to programs: as text. */
export type Values = Readonly<Record<string, string>>;

export interface Trial {
  readonly values: Values;
  readonly state: "running" | "completed" | "failed" | "stopped";
  /** Absent while nothing is known; of a stopped trial, what it had reached. */
  readonly objective?: number;
}

export interface TuningQuestion {
  readonly strategy: "Random" | "Grid" | "Bayesian";
  readonly parameters: readonly Parameter[];
  readonly direction: Direction;
  /** In the order in which they were started. */
  readonly trials: readonly Trial[];
  readonly seed: number;
  /** What earlier tuning jobs tried: a warm start. */
  readonly prior?: Prior;
}

export interface Prior {
  readonly trials: readonly Trial[];
  /** Same data and algorithm: what was tried there is not tried again. */
  readonly identical: boolean;
}

export type NextTrial =
  | { readonly kind: "try"; readonly values: Values; readonly reason: string }
  | { readonly kind: "exhausted"; readonly reason: string };
