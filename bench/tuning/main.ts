/**
 * `npm run bench -- tuning`: what a search of 30 trials ends with, by 20 seeds: random, ours, and, where a Python with optuna and scikit-optimize
 * is named by SAGEBRUSH_BENCH_PYTHON or found as `python3`, theirs over the same functions.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { decideNextTrial, type Trial, type TuningQuestion } from "../../src/decide/tuning/index.ts";
import { median, type Row } from "../support/table.ts";
import { measurement, PROBLEMS, type Problem } from "./problems.ts";

const SEEDS = 20;
const BUDGET = 30;

type Numbers = Readonly<Record<string, number>>;

/** The truth of the trial that the search would give as its best, above the least there is. */
function regretOf({ truth, least }: Problem, seen: readonly { readonly values: Numbers; readonly value: number }[]): number {
  const best = seen.reduce((a, b) => (b.value < a.value ? b : a));
  return truth(best.values) - least;
}

function ours(problem: Problem, strategy: TuningQuestion["strategy"], seed: number): number {
  const measure = measurement(problem, seed);
  const trials: Trial[] = [];
  const seen: { readonly values: Numbers; readonly value: number }[] = [];
  while (seen.length < BUDGET) {
    const next = decideNextTrial({ strategy, parameters: problem.parameters, direction: "Minimize", trials, seed });
    if (next.kind === "exhausted") throw new Error(`${problem.name}: ${next.reason}`);
    const values = Object.fromEntries(Object.entries(next.values).map(([name, text]) => [name, Number(text)]));
    const value = measure(values);
    seen.push({ values, value });
    trials.push({ values: next.values, state: "completed", objective: value });
  }
  return regretOf(problem, seen);
}

type Others = (problem: Problem, sampler: "TPE" | "GP") => Promise<readonly number[]>;

function others(): Others | undefined {
  const python = process.env["SAGEBRUSH_BENCH_PYTHON"] ?? "python3";
  if (spawnSync(python, ["-c", "import optuna, skopt"], { stdio: "ignore" }).status !== 0) return undefined;
  return async (problem, sampler) => {
    const child = spawn(python, ["-W", "ignore", join(import.meta.dirname, "others.py")], { stdio: ["pipe", "pipe", "inherit"] });
    const send = (message: object): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
    const regrets: number[] = [];
    let seen: { readonly values: Numbers; readonly value: number }[] = [];
    let measure = measurement(problem, 0);
    const begin = (): void => {
      seen = [];
      measure = measurement(problem, regrets.length);
      send({ sampler, parameters: problem.parameters, budget: BUDGET, seed: regrets.length });
    };
    begin();
    for await (const line of createInterface(child.stdout)) {
      const message = JSON.parse(line) as { readonly values?: Numbers };
      if (message.values !== undefined) {
        const value = measure(message.values);
        seen.push({ values: message.values, value });
        send({ value });
        continue;
      }
      regrets.push(regretOf(problem, seen));
      if (regrets.length === SEEDS) child.stdin.end();
      else begin();
    }
    if (regrets.length < SEEDS) throw new Error(`${python} ended after ${regrets.length} of ${SEEDS} searches`);
    return regrets;
  };
}

const figure = (regrets: readonly number[]): string => median(regrets).toPrecision(3);

export async function measureTuning(): Promise<readonly Row[]> {
  const theirs = others();
  const rows: Row[] = [];
  for (const problem of PROBLEMS) {
    const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
    const random = seeds.map((seed) => ours(problem, "Random", seed));
    const start = performance.now();
    const bayesian = seeds.map((seed) => ours(problem, "Bayesian", seed));
    const perDecision = (performance.now() - start) / SEEDS / BUDGET;
    const wins = bayesian.filter((regret, seed) => regret < (random[seed] ?? 0)).length;
    rows.push({
      what: `${problem.name}, median regret`, figure: figure(bayesian), aim: `less than Random's ${figure(random)}`, met: median(bayesian) < median(random),
      note: `${SEEDS} seeds of ${BUDGET} trials; better than Random with ${wins} of them; ${perDecision.toFixed(1)} ms a decision${theirs === undefined ? "" : `; Optuna's TPE ${figure(await theirs(problem, "TPE"))}, scikit-optimize's GP ${figure(await theirs(problem, "GP"))}`}`,
    });
  }
  return rows;
}
