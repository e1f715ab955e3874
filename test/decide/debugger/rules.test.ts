import { expect, test } from "vitest";
import { DEBUG_RULES, parametersOf, PROFILER_RULES, type History, type LossValue, type TensorStatistics, type Verdict } from "../../../src/decide/debugger/index.ts";

const quiet: History = { losses: [], tensors: [], relus: [], classes: [], stepSeconds: [], initializationSeconds: 1, silentSeconds: 0, system: [] };
const losses = (mode: LossValue["mode"], values: readonly number[], every = 1): readonly LossValue[] => values.map((value, index) => ({ name: "loss", mode, step: index * every, value }));
const tensor = (change: Partial<TensorStatistics>): TensorStatistics => ({
  collection: "gradients", name: "layer", step: 0, count: 100, broken: 0, meanAbs: 0.1, variance: 1, p5: -1, p95: 1, zero: 0, sum: 1, squares: 10, ...change,
});
const judge = (name: string, history: Partial<History>, given: Readonly<Record<string, string>> = {}): Verdict => {
  const rule = DEBUG_RULES[name] ?? PROFILER_RULES[name];
  if (rule === undefined) throw new Error(`no rule ${name}`);
  return rule.judge({ ...quiet, ...history }, parametersOf(rule, given));
};

/** A rule, a history on its quiet side, one on the other side, and what is then said. */
const CASES: readonly (readonly [name: string, quiet: Partial<History>, loud: Partial<History>, said: string])[] = [
  ["LossNotDecreasing", { losses: losses("TRAIN", [1, 0.99, 0.9], 10) }, { losses: losses("TRAIN", [1, 0.9995], 10) }, "the loss decreased by 0.05 % between step 0 (1) and step 10 (0.9995), less than 0.1 %"],
  ["LossNotDecreasing", { losses: losses("TRAIN", [1, 5, 6, 0.5], 5).slice(0, 1) }, { losses: losses("TRAIN", [1, 1.2], 10) }, "the loss rose by 20 % between step 0 (1) and step 10 (1.2)"],
  ["Overfit", { losses: [...losses("TRAIN", [1, 0.5]), ...losses("EVAL", [1, 0.54])] }, { losses: [...losses("TRAIN", [1, 0.5]), ...losses("EVAL", [1, 0.6])] }, "the validation loss 0.6 is 20 % above the training loss 0.5, more than 10 %"],
  ["Overtraining", { losses: losses("TRAIN", [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]) }, { losses: losses("TRAIN", [1, 1, 1, 1, 1, 1, 1]) }, "the training loss has not improved by 0.01 on its best, 1, for 6 saved steps"],
  ["VanishingGradient", { tensors: [tensor({ meanAbs: 2e-7 })] }, { tensors: [tensor({ meanAbs: 9e-8 })] }, "the mean of |layer| is 9e-8, below 1e-7"],
  ["ExplodingTensor", { tensors: [tensor({})], losses: losses("TRAIN", [1]) }, { tensors: [tensor({ broken: 3 })] }, "3 of 100 values of layer are infinite or no numbers"],
  ["ExplodingTensor", {}, { losses: losses("TRAIN", [1, Number.NaN]) }, "loss is infinite or no number"],
  ["PoorWeightInitialization", { tensors: [tensor({ collection: "weights", name: "a", variance: 1 }), tensor({ collection: "weights", name: "b", variance: 9 })] },
    { tensors: [tensor({ collection: "weights", name: "a", variance: 1 }), tensor({ collection: "weights", name: "b", variance: 11 })] }, "the weights' variances differ 11-fold between b and a, more than 10-fold"],
  ["PoorWeightInitialization", { tensors: [tensor({ p5: -0.001, p95: 0.001 })] }, { tensors: [tensor({ p5: -0.0002, p95: 0.0002 })] }, "9 of 10 values of layer lie within 0.0004, less than 0.001"],
  ["DeadRelu", { relus: [{ name: "r", step: 0, dead: 0.5 }] }, { relus: [{ name: "r", step: 0, dead: 0.51 }] }, "51 % of the units of r are active less than 1 % of the time, more than 50 %"],
  ["ClassImbalance", { classes: [{ label: "0", seen: 500, right: 400 }, { label: "1", seen: 50, right: 40 }] }, { classes: [{ label: "0", seen: 510, right: 400 }, { label: "1", seen: 50, right: 40 }] }, "class 0 came 10.2 times as often as class 1, more than 10 times"],
  ["ClassImbalance", { classes: [{ label: "0", seen: 100, right: 0 }] }, { classes: [{ label: "0", seen: 300, right: 290 }, { label: "1", seen: 300, right: 60 }] }, "class 1 was taken for another one in 80 % of 300 cases, more than 70 %"],
  ["StalledTrainingRule", { silentSeconds: 1800 }, { silentSeconds: 1801 }, "nothing was told for 1801 s, more than 1800 s"],
  ["UnchangedTensor", { tensors: [tensor({ step: 0 }), tensor({ step: 1 }), tensor({ step: 2, sum: 1.1 })] }, { tensors: [tensor({ step: 0 }), tensor({ step: 1 }), tensor({ step: 2 })] }, "layer has not changed over 3 saved steps"],
  ["AllZero", { tensors: [tensor({ zero: 0.99 })] }, { tensors: [tensor({ zero: 1 })] }, "100 % of the values of layer are zero"],
  ["MaxInitializationTime", { initializationSeconds: 1200 }, { initializationSeconds: 1260 }, "the first step came after 21 minutes, more than 20"],
  ["StepOutlier", { stepSeconds: [...Array.from({ length: 1000 }, () => 1), ...Array.from({ length: 10 }, () => 20)] },
    { stepSeconds: [...Array.from({ length: 1000 }, () => 1), ...Array.from({ length: 11 }, () => 20)] }, "11 of 1011 steps took more than 5 standard deviations over the mean of 1207 ms, up to 20000 ms"],
];

test.each(CASES)("%s: on either side of its bound", (name, calm, loud, said) => {
  expect(judge(name, calm).met).toBe(false);
  expect(judge(name, loud)).toMatchObject({ met: true, detail: said });
});

test("parameters that are given are heard; what is no number is passed over", () => {
  expect(judge("VanishingGradient", { tensors: [tensor({ meanAbs: 0.01 })] }, { threshold: "0.02", rule_to_invoke: "VanishingGradient" }).met).toBe(true);
  expect(judge("VanishingGradient", { tensors: [tensor({ meanAbs: 0.01 })] }, { threshold: "much" }).met).toBe(false);
});

test("rules about GPUs say that there is none, and the use of the machine is told", () => {
  expect(judge("LowGPUUtilization", {})).toEqual({ met: false, note: "not judged: the rule compares the use of a GPU with its thresholds, and this machine has no GPU" });
  const system = [10, 20, 90].map((cpu) => ({ host: "algo-1", cpu, memory: cpu / 2 }));
  expect(judge("OverallSystemUsage", { system })).toEqual({ met: false, note: "algo-1: cpu p50 20 %, p95 90 %, memory p50 10 %, p95 45 %" });
});
