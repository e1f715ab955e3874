import type { Chance } from "./chance.ts";
import type { Parameter, Range, Values } from "./question.ts";

/** A place in the search space: a number in [0, 1] for each parameter, even where the parameter's scaling is even. */
export type Point = readonly number[];

/** From how many times its smallest value a positive range is searched logarithmically under `Auto`. AWS does not say when it does; this is our choice. */
const AUTO_LOGARITHMIC_FROM = 100;

interface Warp {
  readonly there: (value: number) => number;
  readonly back: (warped: number) => number;
}

const LINEAR: Warp = { there: (value) => value, back: (warped) => warped };
const LOGARITHMIC: Warp = { there: Math.log, back: Math.exp };
/** Fine close to 1, as for a momentum between 0.9 and 0.9999. */
const REVERSE_LOGARITHMIC: Warp = { there: (value) => -Math.log1p(-value), back: (warped) => -Math.expm1(-warped) };

function warpOf({ scaling, min, max, kind, name }: Range): Warp {
  switch (scaling) {
    case "Auto":
      return min > 0 && max / min >= AUTO_LOGARITHMIC_FROM ? LOGARITHMIC : LINEAR;
    case "Linear":
      return LINEAR;
    case "Logarithmic":
      if (!(min > 0)) throw new RangeError(`${name} cannot be scaled logarithmically: its smallest value ${min} is not above 0`);
      return LOGARITHMIC;
    case "ReverseLogarithmic":
      if (kind === "integer" || !(min >= 0 && max < 1)) throw new RangeError(`${name} cannot be scaled reverse-logarithmically: it is not continuous within 0 ≤ x < 1`);
      return REVERSE_LOGARITHMIC;
  }
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** An integer owns the half on either side of it, so that the ends come as often as the others. */
const ends = ({ kind, min, max }: Range): readonly [number, number] => (kind === "integer" ? [min - 0.5, max + 0.5] : [min, max]);

function textOf(parameter: Parameter, unit: number): string {
  if (parameter.kind === "categorical") {
    const { values, name } = parameter;
    const chosen = values[Math.min(values.length - 1, Math.floor(unit * values.length))];
    if (chosen === undefined) throw new RangeError(`${name} has no values to choose from`);
    return chosen;
  }
  const { min, max, name } = parameter;
  if (!(min <= max)) throw new RangeError(`${name} has no values between ${min} and ${max}`);
  const { there, back } = warpOf(parameter);
  const [low, high] = ends(parameter).map(there) as [number, number];
  const value = back(low + unit * (high - low));
  return String(clamp(parameter.kind === "integer" ? Math.round(value) : value, min, max));
}

function unitOf(parameter: Parameter, text: string | undefined): number {
  if (text === undefined) return Number.NaN;
  if (parameter.kind === "categorical") {
    const index = parameter.values.indexOf(text);
    return index < 0 ? Number.NaN : (index + 0.5) / parameter.values.length;
  }
  const { there } = warpOf(parameter);
  const [low, high] = ends(parameter).map(there) as [number, number];
  const value = Number(text);
  if (!(value >= parameter.min && value <= parameter.max)) return Number.NaN;
  return high === low ? 0.5 : (there(value) - low) / (high - low);
}

export const valuesAt = (parameters: readonly Parameter[], point: Point): Values =>
  Object.fromEntries(parameters.map((parameter, index) => [parameter.name, textOf(parameter, point[index] ?? 0)]));

/** Where values lie; undefined if one is missing or is none of its parameter's, as may be in trials of another tuning job. */
export function pointOf(parameters: readonly Parameter[], values: Values): Point | undefined {
  const point = parameters.map((parameter) => unitOf(parameter, values[parameter.name]));
  return point.every(Number.isFinite) ? point : undefined;
}

/** The same for the same values of these parameters, whatever else stands beside them. */
export const keyOf = (parameters: readonly Parameter[], values: Values): string => JSON.stringify(parameters.map(({ name }) => values[name] ?? null));

export const anyPoint = (parameters: readonly Parameter[], chance: Chance): Point => parameters.map(() => chance());

/** How many values there are to choose from; a continuous range has no end of them. */
export function sizeOf(parameter: Parameter): number {
  if (parameter.kind === "categorical") return parameter.values.length;
  return parameter.kind === "integer" || parameter.min === parameter.max ? parameter.max - parameter.min + 1 : Infinity;
}

/** How many combinations there are: the number of training jobs of a grid search. `Infinity` where a parameter is continuous. */
export const gridSize = (parameters: readonly Parameter[]): number => parameters.reduce((product, parameter) => product * sizeOf(parameter), 1);
