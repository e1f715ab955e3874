/** What a followed training script has told so far, oldest first. Steps count the forward passes of the model in a mode, from 0. */
export interface History {
  readonly losses: readonly LossValue[];
  readonly tensors: readonly TensorStatistics[];
  readonly relus: readonly DeadShare[];
  /** By class, as far as labels were seen: how often it came, and how often it was predicted rightly. */
  readonly classes: readonly ClassCount[];
  /** Seconds between optimizer steps. */
  readonly stepSeconds: readonly number[];
  /** Seconds from the start of the script to its first optimizer step; undefined before. */
  readonly initializationSeconds: number | undefined;
  /** Seconds since anything was told, or since the script began. */
  readonly silentSeconds: number;
  /** Of every host, oldest first. */
  readonly system: readonly SystemSample[];
}

export interface LossValue {
  readonly name: string;
  readonly mode: "TRAIN" | "EVAL";
  readonly step: number;
  /** `NaN` where it was no finite number. */
  readonly value: number;
}

export interface TensorStatistics {
  readonly collection: "gradients" | "weights" | "biases";
  readonly name: string;
  readonly step: number;
  readonly count: number;
  /** How many values are infinite or no numbers. */
  readonly broken: number;
  readonly meanAbs: number;
  readonly variance: number;
  readonly p5: number;
  readonly p95: number;
  /** Share of values that are zero. */
  readonly zero: number;
  readonly sum: number;
  readonly squares: number;
}

/** Share of a ReLU's units that are active less than 1 % of the time. */
export interface DeadShare {
  readonly name: string;
  readonly step: number;
  readonly dead: number;
}

export interface ClassCount {
  readonly label: string;
  readonly seen: number;
  readonly right: number;
}

export interface SystemSample {
  readonly host: string;
  /** Percent of the machine's vCPUs. */
  readonly cpu: number;
  /** Percent of the machine's memory. */
  readonly memory: number;
  /** Seconds since the program began. */
  readonly at?: number;
  /** Bytes a second from storage, and to it. */
  readonly read?: number;
  readonly written?: number;
  /** Percent in use of the disk on which the machine's folder lies. */
  readonly disk?: number;
}

/** A rule's answer. `step` is where its condition was met, when it has one. */
export type Verdict =
  | { readonly met: false; readonly note?: string }
  | { readonly met: true; readonly step?: number; readonly detail: string };

/** A rule of Debugger, as a pure function of what was told. */
export interface Rule {
  /** The collections of tensors that it looks at. */
  readonly collections: readonly Collection[];
  /** Its parameters with their defaults: https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-built-in-rules.html */
  readonly defaults: Readonly<Record<string, number>>;
  judge(history: History, parameters: Readonly<Record<string, number>>): Verdict;
}

export type Collection = "losses" | "gradients" | "weights" | "biases" | "relu_output" | "classes";

export const NOT_MET: Verdict = { met: false };

/** A number for people: four digits that count. */
export const digits = (value: number): string => String(Number(value.toPrecision(4)));

/** Items by what `keyOf` says of them, in the order of their first. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
