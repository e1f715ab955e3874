import { readFile } from "node:fs/promises";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { statisticsOf } from "../../src/algorithms/image-classification/tensor-statistics.ts";
import type { Metrics } from "../../src/algorithms/image-classification/metrics.ts";
import { createJob } from "./support/job.ts";

type Line = Readonly<Record<string, unknown>> & { readonly kind: string; readonly name: string; readonly mode: string; readonly step: number; readonly value: number; readonly sum: number };

const HYPERPARAMETERS = { optimizer: "sgd", momentum: "0", weight_decay: "0", learning_rate: "0.5", epochs: "6" };

async function observed(collections: object, classes: boolean): Promise<{ readonly lines: readonly Line[]; readonly metrics: Metrics }> {
  const file = join(mkdtempSync(join(tmpdir(), "observer-")), "deep/statistics.jsonl");
  await using job = await createJob({ hyperparameters: HYPERPARAMETERS, environment: { SAGEBRUSH_HOOK: JSON.stringify({ file, collections, classes }) } });
  const { code, log } = await job.train();
  if (code !== 0) throw new Error(log);
  return { lines: (await readFile(file, "utf8")).trim().split("\n").map((line) => JSON.parse(line) as Line), metrics: (await job.artifact("metrics.json")) as Metrics };
}

test("the training tells of its losses, its steps, its head and the true gradients, and learns what it learns unobserved", async () => {
  const every = { save_interval: "2" };
  const { lines, metrics } = await observed({ losses: every, weights: every, biases: every, gradients: every }, true);
  await using plain = await createJob({ hyperparameters: HYPERPARAMETERS });
  await plain.train();
  expect(metrics.validationLoss).toBe(((await plain.artifact("metrics.json")) as Metrics).validationLoss);
  const of = (kind: string, name: string): readonly Line[] => lines.filter((line) => line.kind === kind && line.name === name);
  // 36 pictures in batches of 8 are five steps an epoch.
  const losses = of("loss", "CrossEntropyLoss_output_0").filter(({ mode }) => mode === "TRAIN");
  expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 15 }, (_, index) => index * 2));
  expect(losses[0]?.value).toBeCloseTo(Math.log(3), 5);
  expect(losses.at(-1)?.value).toBeLessThan(losses[0]?.value ?? 0);
  expect(lines.filter(({ kind, mode }) => kind === "loss" && mode === "EVAL").map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
  // From zero, one step of plain descent leaves minus the rate times the gradient.
  const [gradient, weight] = [of("tensor", "gradient/weight")[0], of("tensor", "weight")[0]];
  expect(weight?.sum).toBeCloseTo(-0.5 * (gradient?.sum ?? Number.NaN), 4);
  expect(Math.abs(of("tensor", "gradient/bias")[0]?.sum ?? 1)).toBeLessThan(1e-5);
  expect(lines.filter(({ kind }) => kind === "first-step")).toHaveLength(1);
  expect(lines.filter(({ kind }) => kind === "steps").flatMap((line) => line["durations"] as number[])).toHaveLength(6 * 4);
  expect(lines.findLast(({ kind }) => kind === "classes")?.["counts"]).toMatchObject({ 0: [72, expect.any(Number) as unknown], 1: [72, expect.any(Number) as unknown], 2: [72, expect.any(Number) as unknown] });
});

test("only what is asked for is told", async () => {
  const { lines } = await observed({ losses: {} }, false);
  expect(new Set(lines.map(({ kind }) => kind))).toEqual(new Set(["first-step", "loss", "steps"]));
  expect(lines.filter(({ kind, mode }) => kind === "loss" && mode === "TRAIN").map(({ step }) => step)).toEqual([0]);
});

test("statistics leave out what is no finite number, and count it", () => {
  expect(statisticsOf(Float32Array.of(1, -1, 0, 4, Number.NaN, Infinity))).toMatchObject({ count: 6, broken: 2, meanAbs: 1.5, variance: 3.5, zero: 0.25, sum: 4, squares: 18, p5: -1, p95: 4 });
  expect(statisticsOf(Float32Array.of(Number.NaN))).toEqual({ count: 1, broken: 1 });
});
