import { chanceOf, shuffled, type Chance } from "./chance.ts";
import { expectedImprovement } from "./expected-improvement.ts";
import { gaussianProcess, type Features, type GaussianProcess, type Observation } from "./gaussian-process.ts";
import type { NextTrial, Parameter, TuningQuestion, Values } from "./question.ts";
import { anyPoint, keyOf, pointOf, sizeOf, valuesAt, type Point } from "./space.ts";
import { anyUntried, exhausted, triedIn, type Tried } from "./untried.ts";

/** The model's work grows with the cube of its observations: with more, the best and the latest are kept, half of each. */
const OBSERVATIONS = 120;
/** Points of chance, points around the best known ones, and the steps by which the most promising are bettered. */
const ANYWHERE = 400;
const AROUND = 200;
const STARTS = 4;
const STEPS = [0.1, 0.03, 0.01, 0.003];

/** How many trials are spread over the space before there is a model of it. */
const designSize = (parameters: readonly Parameter[]): number => Math.min(10, Math.max(4, parameters.length + 1));

/** The number-th point of a latin hypercube: along every parameter each of the equal parts has one point. */
function designPoint({ parameters, seed }: TuningQuestion, number: number): Point {
  const chance = chanceOf(seed, -1);
  const size = designSize(parameters);
  return parameters.map(() => {
    const parts = shuffled(size, chance);
    const within = Array.from({ length: size }, chance);
    return ((parts[number] ?? 0) + (within[number] ?? 0)) / size;
  });
}

/** Integers where they are rounded to, categoricals as one number for each choice, any two choices at distance 1. */
function featuresOf(parameters: readonly Parameter[], values: Values): Features | undefined {
  const point = pointOf(parameters, values);
  if (point === undefined) return undefined;
  return parameters.map((parameter, index) => parameter.kind === "categorical"
    ? parameter.values.map((value) => (value === values[parameter.name] ? Math.SQRT1_2 : 0))
    : [point[index] ?? 0]);
}

interface Seen {
  readonly known: readonly Observation[];
  readonly running: readonly Features[];
}

/** What the trials say, as a loss of mean 0 and variance 1. A failed trial, or one that brought no number, counts as bad as the worst. */
function seenIn({ parameters, trials, direction, prior }: TuningQuestion): Seen {
  const sign = direction === "Minimize" ? 1 : -1;
  const measured: Observation[] = [];
  const failed: Features[] = [];
  const running: Features[] = [];
  for (const { values, state, objective } of [...(prior?.trials ?? []), ...trials]) {
    const at = featuresOf(parameters, values);
    if (at === undefined) continue;
    if (state === "running") running.push(at);
    else if (state !== "failed" && objective !== undefined && Number.isFinite(objective)) measured.push({ at, value: sign * objective });
    else if (state !== "stopped") failed.push(at);
  }
  if (measured.length === 0) return { known: [], running };
  const worst = Math.max(...measured.map(({ value }) => value));
  const all = within([...measured, ...failed.map((at) => ({ at, value: worst }))]);
  const mean = all.reduce((sum, { value }) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / all.length);
  return { known: all.map(({ at, value }) => ({ at, value: deviation > 0 ? (value - mean) / deviation : 0 })), running };
}

function within(all: readonly Observation[]): readonly Observation[] {
  if (all.length <= OBSERVATIONS) return all;
  const latest = all.slice(-OBSERVATIONS / 2);
  const best = all.slice(0, -OBSERVATIONS / 2).toSorted((a, b) => a.value - b.value).slice(0, OBSERVATIONS / 2);
  return [...best, ...latest];
}

interface Candidate {
  readonly point: Point;
  readonly values: Values;
  readonly gain: number;
}

/** The most promising untried values: the best of many points, bettered step by step along each parameter. */
function mostPromising({ parameters, seed, trials, prior }: TuningQuestion, model: GaussianProcess, tried: Tried): Candidate | undefined {
  const chance = chanceOf(seed, trials.length);
  const centres = [...(prior?.trials ?? []), ...trials].map(({ values }) => pointOf(parameters, values)).filter((point) => point !== undefined);
  const expected = centres.map((point) => ({ point, mean: meanAt(parameters, model, point) })).toSorted((a, b) => a.mean - b.mean);
  // Not the least that was measured, which is luck where measurements are noisy.
  const best = expected[0]?.mean ?? 0;
  const candidateAt = (point: Point): Candidate | undefined => {
    const values = valuesAt(parameters, point);
    const at = featuresOf(parameters, values);
    return at === undefined || tried.has(keyOf(parameters, values)) ? undefined : { point, values, gain: expectedImprovement(model.predict(at), best) };
  };
  const points = [
    ...Array.from({ length: ANYWHERE }, () => anyPoint(parameters, chance)),
    ...expected.slice(0, STARTS).flatMap(({ point }) => Array.from({ length: AROUND / STARTS }, () => around(parameters, point, chance))),
  ];
  const candidates = points.map(candidateAt).filter((candidate) => candidate !== undefined).toSorted((a, b) => b.gain - a.gain);
  const bettered = candidates.slice(0, STARTS).map((candidate) => betterment(parameters, candidate, candidateAt));
  return bettered.toSorted((a, b) => b.gain - a.gain)[0];
}

const meanAt = (parameters: readonly Parameter[], model: GaussianProcess, point: Point): number => {
  const at = featuresOf(parameters, valuesAt(parameters, point));
  return at === undefined ? Infinity : model.predict(at).mean;
};

const inside = (unit: number): number => Math.min(1, Math.max(0, unit));

/** Some parameters a little different, or another choice. */
function around(parameters: readonly Parameter[], centre: Point, chance: Chance): Point {
  const width = 10 ** (-3 * chance());
  return centre.map((unit, index) => {
    if (chance() < 0.3) return unit;
    return parameters[index]?.kind === "categorical" ? (chance() < 0.3 ? chance() : unit) : inside(unit + width * (chance() - 0.5));
  });
}

function betterment(parameters: readonly Parameter[], start: Candidate, candidateAt: (point: Point) => Candidate | undefined): Candidate {
  let best = start;
  const consider = (index: number, unit: number): boolean => {
    const candidate = candidateAt(best.point.map((other, place) => (place === index ? inside(unit) : other)));
    if (candidate === undefined || !(candidate.gain > best.gain)) return false;
    best = candidate;
    return true;
  };
  for (const step of STEPS) {
    for (const [index, parameter] of parameters.entries()) {
      if (parameter.kind === "categorical") {
        for (const choice of parameter.values.keys()) consider(index, (choice + 0.5) / parameter.values.length);
        continue;
      }
      const width = Math.max(step, 1 / sizeOf(parameter));
      const from = best.point[index] ?? 0;
      if (!consider(index, from + width)) consider(index, from - width);
    }
  }
  return best;
}

/**
 * Gaussian process regression and expected improvement, after a latin hypercube. AWS names neither model nor design of its own
 * search, only that it treats tuning as a regression problem: its trials are others than ours.
 * Running trials count as having brought what is expected of them (Ginsbourger's "kriging believer").
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html#automatic-tuning-bayesian-optimization
 */
export function decideBayesian(question: TuningQuestion): NextTrial {
  const { parameters, trials, prior } = question;
  const tried = triedIn(question);
  const untried = (reason: string): NextTrial => {
    const values = anyUntried(question, tried);
    return values === undefined ? exhausted(parameters) : { kind: "try", values, reason };
  };
  // What a warm start brings stands for the spread: it is a model of the space already.
  if (trials.length + (prior?.trials.length ?? 0) < designSize(parameters)) {
    const values = valuesAt(parameters, designPoint(question, trials.length));
    const reason = `${trials.length + 1} of ${designSize(parameters)} that are spread over the ranges`;
    return tried.has(keyOf(parameters, values)) ? untried("drawn at random: the next of those spread over the ranges was tried") : { kind: "try", values, reason };
  }
  const { known, running } = seenIn(question);
  if (known.length < 2) return untried("drawn at random: no two trials have an objective yet");
  const fitted = gaussianProcess(known, parameters.length);
  const model = running.length === 0 ? fitted : fitted.having(running.map((at) => ({ at, value: fitted.predict(at).mean })));
  const next = mostPromising(question, model, tried);
  if (next === undefined) return untried("drawn at random: little is left untried");
  return { kind: "try", values: next.values, reason: `of ${known.length} trials' Gaussian process the greatest expected improvement, ${next.gain.toPrecision(2)} standard deviations of the objective` };
}
