import { chanceOf } from "./chance.ts";
import type { NextTrial, Parameter, TuningQuestion, Values } from "./question.ts";
import { anyPoint, gridSize, keyOf, sizeOf, valuesAt } from "./space.ts";

/** Draws that may fall on what was tried before the next free combination is taken in order. */
const DRAWS = 100;

export type Tried = ReadonlySet<string>;

export const triedIn = ({ parameters, trials, prior }: TuningQuestion): Tried =>
  new Set([...(prior?.identical === true ? prior.trials : []), ...trials].map(({ values }) => keyOf(parameters, values)));

/** The number-th combination, the last parameter changing first. */
function combination(parameters: readonly Parameter[], number: number): Values {
  let rest = number;
  const digits = parameters.map(sizeOf).toReversed().map((size) => {
    const digit = rest % size;
    rest = Math.floor(rest / size);
    return digit;
  }).toReversed();
  return Object.fromEntries(parameters.map((parameter, index) => {
    const digit = digits[index] ?? 0;
    return [parameter.name, parameter.kind === "categorical" ? (parameter.values[digit] ?? "") : String(parameter.min + digit)];
  }));
}

/** The first combination that was not tried, with its number from 0; undefined when all were. */
export function firstUntried(parameters: readonly Parameter[], tried: Tried): { readonly number: number; readonly values: Values } | undefined {
  const size = gridSize(parameters);
  for (let number = 0; number < size; number += 1) {
    const values = combination(parameters, number);
    if (!tried.has(keyOf(parameters, values))) return { number, values };
  }
  return undefined;
}

/** A combination of chance that was not tried: what trains the same again tells nothing. Undefined when all were tried. */
export function anyUntried({ parameters, seed, trials }: TuningQuestion, tried: Tried): Values | undefined {
  const chance = chanceOf(seed, trials.length);
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const values = valuesAt(parameters, anyPoint(parameters, chance));
    if (!tried.has(keyOf(parameters, values))) return values;
  }
  // A continuous range is not counted through: so narrow a one that all draws repeat has hardly a number left.
  return isCountable(parameters) ? firstUntried(parameters, tried)?.values : undefined;
}

const isCountable = (parameters: readonly Parameter[]): boolean => parameters.every(({ kind }) => kind !== "continuous");

export const exhausted = (parameters: readonly Parameter[]): NextTrial => ({
  kind: "exhausted",
  reason: isCountable(parameters) ? `all ${gridSize(parameters)} combinations of the parameters were tried` : `none of ${DRAWS} draws was new: the ranges hold hardly another number`,
});
