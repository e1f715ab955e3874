import type { History, LossValue, TensorStatistics } from "../../../../decide/debugger/index.ts";

/** More of a kind than this is not kept: the oldest go. */
const MOST = 20_000;

/** What a hook's lines have told, growing. */
export interface Told {
  readonly losses: LossValue[];
  readonly tensors: TensorStatistics[];
  readonly relus: { name: string; step: number; dead: number }[];
  classes: History["classes"];
  readonly stepSeconds: number[];
  firstStep: boolean;
}

export const nothingTold = (): Told => ({ losses: [], tensors: [], relus: [], classes: [], stepSeconds: [], firstStep: false });

type Line = Readonly<Record<string, unknown>>;

const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Takes in a line of the hook's. The program on the machine wrote it: what is not as expected is passed over. */
export function tell(told: Told, json: string): void {
  let line: Line;
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== "object" || parsed === null) return;
    line = parsed as Line;
  } catch {
    return;
  }
  switch (line["kind"]) {
    case "loss":
      keep(told.losses, { name: text(line["name"]), mode: line["mode"] === "EVAL" ? "EVAL" : "TRAIN", step: number(line["step"]), value: number(line["value"]) });
      return;
    case "tensor":
      keep(told.tensors, tensorOf(line));
      return;
    case "relu":
      keep(told.relus, { name: text(line["name"]), step: number(line["step"]), dead: number(line["dead"]) });
      return;
    case "classes":
      told.classes = Object.entries((line["counts"] ?? {}) as Readonly<Record<string, unknown>>).flatMap(([label, counts]) => (Array.isArray(counts) ? [{ label, seen: number(counts[0]), right: number(counts[1]) }] : []));
      return;
    case "steps":
      if (Array.isArray(line["durations"])) for (const seconds of line["durations"].slice(0, 1000)) keep(told.stepSeconds, number(seconds));
      return;
    case "first-step":
      told.firstStep = true;
  }
}

const collectionOf = (value: unknown): TensorStatistics["collection"] => (value === "gradients" || value === "biases" ? value : "weights");

function tensorOf(line: Line): TensorStatistics {
  const value = (name: string): number => number(line[name]);
  return {
    collection: collectionOf(line["collection"]), name: text(line["name"]), step: value("step"), count: value("count"), broken: value("broken"), meanAbs: value("meanAbs"), variance: value("variance"),
    p5: value("p5"), p95: value("p95"), zero: value("zero"), sum: value("sum"), squares: value("squares"),
  };
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > MOST) list.splice(0, list.length - MOST);
}
