import fc from "fast-check";
import { expect, test } from "vitest";
import { decideNextTrial, gridSize, type Parameter, type Trial, type TuningQuestion } from "../../../src/decide/tuning/index.ts";
import { anyChoices, anyParameters, isWithin } from "./parameters.ts";

type Objective = (values: Readonly<Record<string, string>>) => number | undefined;

/** The trials that a search makes, one after the other, until it is exhausted or has made so many. */
function search(question: Omit<TuningQuestion, "trials" | "direction">, budget: number, objective: Objective = () => 1): readonly Trial[] {
  const trials: Trial[] = [];
  while (trials.length < budget) {
    const next = decideNextTrial({ ...question, direction: "Minimize", trials });
    if (next.kind === "exhausted") break;
    const value = objective(next.values);
    trials.push(value === undefined ? { values: next.values, state: "failed" } : { values: next.values, state: "completed", objective: value });
  }
  return trials;
}

const different = (trials: readonly Trial[]): number => new Set(trials.map(({ values }) => JSON.stringify(values))).size;
const numbers = (trials: readonly Trial[], name: string): readonly number[] => trials.map(({ values }) => Number(values[name]));
const share = (values: readonly number[], where: (value: number) => boolean): number => values.filter(where).length / values.length;

test("whatever is searched at random, values lie within their ranges, none comes twice, and the same question has the same answer", () => {
  fc.assert(fc.property(anyParameters, fc.integer(), (parameters, seed) => {
    const trials = search({ strategy: "Random", parameters, seed }, 8);
    for (const { values } of trials) expect(isWithin(parameters, values)).toBe(true);
    expect(different(trials)).toBe(trials.length);
    expect(search({ strategy: "Random", parameters, seed }, 8)).toEqual(trials);
  }), { numRuns: 200 });
});

test("a continuous range of two numbers is searched no further than them", () => {
  const parameters: readonly Parameter[] = [{ kind: "continuous", name: "x", min: -Number.MIN_VALUE, max: 0, scaling: "Linear" }];
  const trials = search({ strategy: "Random", parameters, seed: 0 }, 8);
  expect(numbers(trials, "x").toSorted((a, b) => a - b)).toEqual([-Number.MIN_VALUE, 0]);
  expect(decideNextTrial({ strategy: "Random", parameters, seed: 0, direction: "Minimize", trials })).toEqual({ kind: "exhausted", reason: "none of 100 draws was new: the ranges hold hardly another number" });
});

test("another seed searches elsewhere", () => {
  const parameters: readonly Parameter[] = [{ kind: "continuous", name: "x", min: 0, max: 1, scaling: "Linear" }];
  const first = [1, 2, 3, 4, 5].map((seed) => search({ strategy: "Random", parameters, seed }, 1)[0]?.values["x"]);
  expect(new Set(first).size).toBe(5);
});

test("a grid is complete and without repeats, also where trials fail and others were made before", () => {
  fc.assert(fc.property(anyChoices, (parameters) => {
    const trials = search({ strategy: "Grid", parameters, seed: 0 }, Infinity, (values) => (values["p0"] === "" ? undefined : 1));
    expect(trials).toHaveLength(gridSize(parameters));
    expect(different(trials)).toBe(trials.length);
    for (const { values } of trials) expect(isWithin(parameters, values)).toBe(true);
    const left = trials.filter((_, index) => index % 2 === 1);
    const next = decideNextTrial({ strategy: "Grid", parameters, direction: "Minimize", trials: left, seed: 0 });
    expect(next).toMatchObject({ kind: "try", values: trials[0]?.values });
  }));
});

test("a grid says which combination it tries, and when there is none left", () => {
  const parameters: readonly Parameter[] = [{ kind: "categorical", name: "optimizer", values: ["sgd", "adam"] }];
  const ask = (trials: readonly Trial[]) => decideNextTrial({ strategy: "Grid", parameters, direction: "Maximize", trials, seed: 1 });
  expect(ask([])).toEqual({ kind: "try", values: { optimizer: "sgd" }, reason: "combination 1 of 2" });
  expect(ask([{ values: { optimizer: "adam" }, state: "failed" }, { values: { optimizer: "sgd" }, state: "running" }])).toEqual({ kind: "exhausted", reason: "all 2 combinations of the parameters were tried" });
});

test("a grid over a continuous range is refused by the parameter's name", () => {
  const parameters: readonly Parameter[] = [{ kind: "continuous", name: "rate", min: 0, max: 1, scaling: "Linear" }];
  expect(() => decideNextTrial({ strategy: "Grid", parameters, direction: "Minimize", trials: [], seed: 0 })).toThrow("rate is continuous");
});

test("a random search over few combinations tries each, then is exhausted", () => {
  const parameters: readonly Parameter[] = [{ kind: "categorical", name: "a", values: ["x", "y"] }, { kind: "integer", name: "b", min: 1, max: 3, scaling: "Linear" }];
  const trials = search({ strategy: "Random", parameters, seed: 3 }, 20);
  expect(trials).toHaveLength(6);
  expect(different(trials)).toBe(6);
});

test("logarithmic scaling is even in the logarithm: each power of ten gets its third", () => {
  for (const scaling of ["Logarithmic", "Auto"] as const) {
    const rates = numbers(search({ strategy: "Random", parameters: [{ kind: "continuous", name: "rate", min: 1e-4, max: 1e-1, scaling }], seed: 7 }, 1500), "rate");
    for (const low of [1e-4, 1e-3, 1e-2]) expect(share(rates, (rate) => rate >= low && rate < low * 10)).toBeCloseTo(1 / 3, 1);
  }
});

test("linear scaling is even in the value, and Auto is linear over less than two powers of ten", () => {
  for (const scaling of ["Linear", "Auto"] as const) {
    const values = numbers(search({ strategy: "Random", parameters: [{ kind: "continuous", name: "x", min: 1, max: 99, scaling }], seed: 7 }, 1500), "x");
    for (const quarter of [0, 1, 2, 3]) expect(share(values, (value) => value >= 1 + quarter * 24.5 && value < 1 + (quarter + 1) * 24.5)).toBeCloseTo(1 / 4, 1);
  }
});

test("reverse logarithmic scaling is fine close to 1: as many between 0.99 and 0.999 as between 0.9 and 0.99", () => {
  const values = numbers(search({ strategy: "Random", parameters: [{ kind: "continuous", name: "momentum", min: 0.9, max: 0.999, scaling: "ReverseLogarithmic" }], seed: 7 }, 1500), "momentum");
  expect(share(values, (value) => value < 0.99)).toBeCloseTo(1 / 2, 1);
});

test("the ends of an integer range come as often as the values between them", () => {
  const parameters: readonly Parameter[] = [{ kind: "integer", name: "n", min: 1, max: 4, scaling: "Linear" }];
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 2000; seed += 1) {
    const [trial] = search({ strategy: "Random", parameters, seed }, 1);
    counts.set(trial?.values["n"] ?? "", (counts.get(trial?.values["n"] ?? "") ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted()).toEqual(["1", "2", "3", "4"]);
  for (const count of counts.values()) expect(count / 2000).toBeCloseTo(1 / 4, 1);
});

test("a scaling that the range does not allow is refused by the parameter's name", () => {
  const ask = (parameter: Parameter) => () => decideNextTrial({ strategy: "Random", parameters: [parameter], direction: "Minimize", trials: [], seed: 0 });
  expect(ask({ kind: "continuous", name: "a", min: 0, max: 1, scaling: "Logarithmic" })).toThrow("a cannot be scaled logarithmically");
  expect(ask({ kind: "continuous", name: "b", min: 0, max: 1, scaling: "ReverseLogarithmic" })).toThrow("b cannot be scaled reverse-logarithmically");
});

test("gridSize multiplies the numbers of values; a continuous range has no end of them", () => {
  const optimizer: Parameter = { kind: "categorical", name: "optimizer", values: ["sgd", "adam", "rmsprop"] };
  expect(gridSize([optimizer, { kind: "categorical", name: "bias", values: ["yes", "no"] }])).toBe(6);
  expect(gridSize([optimizer, { kind: "integer", name: "layers", min: 2, max: 5, scaling: "Linear" }])).toBe(12);
  expect(gridSize([optimizer, { kind: "continuous", name: "rate", min: 0, max: 1, scaling: "Linear" }])).toBe(Infinity);
});
