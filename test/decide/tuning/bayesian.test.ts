import fc from "fast-check";
import { expect, test } from "vitest";
import { decideNextTrial, type Parameter, type Trial, type TuningQuestion } from "../../../src/decide/tuning/index.ts";
import { anyParameters, isWithin } from "./parameters.ts";

type Values = Trial["values"];
type Setting = Omit<TuningQuestion, "trials" | "strategy"> & { readonly strategy?: TuningQuestion["strategy"] };

function search(setting: Setting, budget: number, tell: (values: Values) => Omit<Trial, "values">): readonly Trial[] {
  const trials: Trial[] = [];
  while (trials.length < budget) {
    const next = decideNextTrial({ strategy: "Bayesian", ...setting, trials });
    if (next.kind === "exhausted") break;
    trials.push({ values: next.values, ...tell(next.values) });
  }
  return trials;
}

const completed = (objective: number): Omit<Trial, "values"> => ({ state: "completed", objective });
const different = (trials: readonly Trial[]): number => new Set(trials.map(({ values }) => JSON.stringify(values))).size;
const least = (trials: readonly Trial[]): number => Math.min(...trials.map(({ objective = Infinity }) => objective));

const rate: Parameter = { kind: "continuous", name: "rate", min: 1e-5, max: 1, scaling: "Logarithmic" };
const layers: Parameter = { kind: "integer", name: "layers", min: 1, max: 12, scaling: "Linear" };
const optimizer: Parameter = { kind: "categorical", name: "optimizer", values: ["sgd", "adam", "rmsprop"] };
const parameters = [rate, layers, optimizer];
/** Best, with 0, at a rate of 0.003, 7 layers and adam. */
const loss = (values: Values): number => Math.log10(Number(values["rate"]) / 0.003) ** 2 + 0.1 * (Number(values["layers"]) - 7) ** 2 + (values["optimizer"] === "adam" ? 0 : 1);

test("values lie within their ranges, none comes twice, and the same question has the same answer", () => {
  fc.assert(fc.property(anyParameters, fc.integer(), fc.array(fc.constantFrom<Trial["state"]>("completed", "failed", "running", "stopped"), { minLength: 14, maxLength: 14 }), (space, seed, states) => {
    const run = () => {
      let count = 0;
      return search({ parameters: space, seed, direction: "Maximize" }, states.length, () => {
        const state = states[count] ?? "completed";
        count += 1;
        return state === "running" || state === "failed" ? { state } : { state, objective: Math.sin(count * 12.9898) };
      });
    };
    const trials = run();
    for (const { values } of trials) expect(isWithin(space, values)).toBe(true);
    expect(different(trials)).toBe(trials.length);
    expect(run()).toEqual(trials);
  }), { numRuns: 25 });
}, 60_000);

test("the first trials are spread over the ranges: each of the equal parts of each range has one", () => {
  const wide: readonly Parameter[] = ["a", "b", "c"].map((name) => ({ kind: "continuous", name, min: 0, max: 4, scaling: "Linear" }));
  for (const seed of [1, 2, 3]) {
    const trials = search({ parameters: wide, seed, direction: "Minimize" }, 4, () => ({ state: "running" }));
    for (const { name } of wide) expect(trials.map(({ values }) => Math.floor(Number(values[name]))).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
  }
});

test("it comes closer than random search over a rate, a number of layers and an optimizer, by the median of nine seeds", () => {
  const reached = (strategy: TuningQuestion["strategy"]): number =>
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((seed) => least(search({ strategy, parameters, seed, direction: "Minimize" }, 20, (values) => completed(loss(values))))).toSorted((a, b) => a - b)[4] ?? Infinity;
  expect(reached("Bayesian")).toBeLessThan(reached("Random") / 2);
});

test("maximizing is minimizing with the sign turned: the same trials", () => {
  const one = search({ parameters, seed: 4, direction: "Minimize" }, 12, (values) => completed(loss(values)));
  const other = search({ parameters, seed: 4, direction: "Maximize" }, 12, (values) => completed(-loss(values)));
  expect(other.map(({ values }) => values)).toEqual(one.map(({ values }) => values));
});

test("the unit of the objective does not matter", () => {
  // A power of two, so that the arithmetic is the same to the last bit.
  const one = search({ parameters, seed: 4, direction: "Minimize" }, 10, (values) => completed(loss(values)));
  const other = search({ parameters, seed: 4, direction: "Minimize" }, 10, (values) => completed(1024 * loss(values)));
  expect(other.map(({ values }) => values)).toEqual(one.map(({ values }) => values));
});

const line: readonly Parameter[] = [{ kind: "continuous", name: "x", min: 0, max: 1, scaling: "Linear" }];
const known: readonly Trial[] = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1].map((x) => ({ values: { x: String(x) }, ...completed((x - 0.52) ** 2) }));
const nextX = (trials: readonly Trial[]): number => {
  const next = decideNextTrial({ strategy: "Bayesian", parameters: line, direction: "Minimize", trials, seed: 1 });
  return next.kind === "try" ? Number(next.values["x"]) : Number.NaN;
};

test("it goes where the objective is low", () => {
  expect(nextX(known)).toBeGreaterThan(0.45);
  expect(nextX(known)).toBeLessThan(0.6);
});

test("a trial that is running is not asked for again, nor its neighbourhood", () => {
  const uneven: readonly Trial[] = [0, 0.2, 0.4, 1].map((x) => ({ values: { x: String(x) }, ...completed(Math.sin(9 * x)) }));
  const first = nextX(uneven);
  const second = nextX([...uneven, { values: { x: String(first) }, state: "running" }]);
  expect(Math.abs(second - first)).toBeGreaterThan(0.01);
});

test("a region where trials fail is left alone", () => {
  const trials = search({ parameters: line, seed: 5, direction: "Minimize" }, 20, (values) => (Number(values["x"]) > 0.5 ? { state: "failed" } : completed(1 - Number(values["x"]))));
  expect(trials.slice(4).filter(({ state }) => state === "failed").length).toBeLessThan(8);
  expect(least(trials)).toBeLessThan(0.55);
});

test("when every trial has failed, or brought no number, it goes on at random", () => {
  for (const told of [{ state: "failed" as const }, completed(Number.NaN)]) {
    expect(search({ parameters, seed: 5, direction: "Minimize" }, 15, () => told)).toHaveLength(15);
  }
});

test("few combinations are each tried once, then it is exhausted", () => {
  const few: readonly Parameter[] = [optimizer, { kind: "integer", name: "layers", min: 1, max: 4, scaling: "Linear" }];
  const trials = search({ parameters: few, seed: 2, direction: "Minimize" }, 50, (values) => completed(Number(values["layers"])));
  expect(trials).toHaveLength(12);
  expect(different(trials)).toBe(12);
});

test("trials with the same objective everywhere, and 300 of them, are decided on within seconds", () => {
  const many: readonly Trial[] = Array.from({ length: 300 }, (_, index) => ({ values: { rate: String(10 ** (-5 * (index / 300))), layers: String(1 + (index % 12)), optimizer: "sgd" }, ...completed(1) }));
  expect(decideNextTrial({ strategy: "Bayesian", parameters, direction: "Minimize", trials: many, seed: 0 }).kind).toBe("try");
}, 10_000);
