import { chanceOf } from "../tuning/chance.ts";

/** What managed spot training meets here: how often instances are taken away, and for how long there are none. */
export interface SpotMarket {
  /** Of one job, while it has instances. 0: only on request. */
  readonly interruptionsPerHour: number;
  /** From an interruption until there is capacity again. */
  readonly waitSeconds: number;
  readonly seed: number;
}

const SECONDS_PER_HOUR = 3600;
const DEFAULTS: SpotMarket = { interruptionsPerHour: 0, waitSeconds: 10, seed: 1 };

/** What `parseSpotMarket` reads, for messages. */
export const SPOT_FORM = "interruptions=6/h, wait=30s, seed=1, each of which may be left out, separated by commas";

const FORMS: Readonly<Record<string, readonly [RegExp, keyof SpotMarket]>> = {
  interruptions: [/^(\d{1,6}(?:\.\d+)?)(?:\/h)?$/, "interruptionsPerHour"], wait: [/^(\d{1,6})s?$/, "waitSeconds"], seed: [/^(\d{1,9})$/, "seed"],
};

/** Reads `interruptions=6/h,wait=30s,seed=1`; undefined for anything else. */
export function parseSpotMarket(text: string): SpotMarket | undefined {
  const market: { -readonly [Name in keyof SpotMarket]: SpotMarket[Name] } = { ...DEFAULTS };
  for (const entry of text.split(",").map((part) => part.trim()).filter((part) => part !== "")) {
    const [name = "", value = ""] = entry.split("=").map((part) => part.trim());
    const [pattern, key] = FORMS[name] ?? [];
    const number = pattern?.exec(value)?.[1];
    if (key === undefined || number === undefined) return undefined;
    market[key] = Number(number);
  }
  return market;
}

/**
 * Seconds after which the instances of a job's life are taken away, as a Poisson process has it; undefined for never. The same
 * seed, job and life give the same answer.
 */
export function secondsToInterruption({ interruptionsPerHour, seed }: SpotMarket, job: string, life: number): number | undefined {
  if (interruptionsPerHour === 0) return undefined;
  // FNV-1a: a job's name as a number.
  const name = [...job].reduce((hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193), 0x811c9dc5);
  return (-Math.log(1 - chanceOf(seed ^ name, life)()) * SECONDS_PER_HOUR) / interruptionsPerHour;
}
