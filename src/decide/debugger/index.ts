import type { Collection, Rule } from "./history.ts";
import { lossNotDecreasing, overfit, overtraining } from "./losses.ts";
import { cpuBottleneck, ioBottleneck, lowGpuUtilization, maxInitializationTime, overallSystemUsage, stalledTraining, stepOutlier } from "./profiling.ts";
import { allZero, classImbalance, deadRelu, explodingTensor, poorWeightInitialization, unchangedTensor, vanishingGradient } from "./tensors.ts";

export { digits } from "./history.ts";
export type { ClassCount, Collection, DeadShare, History, LossValue, Rule, SystemSample, TensorStatistics, Verdict } from "./history.ts";

/** Rules about learning, by the name that `rule_to_invoke` has. */
export const DEBUG_RULES: Readonly<Record<string, Rule>> = {
  LossNotDecreasing: lossNotDecreasing, Overfit: overfit, Overtraining: overtraining, VanishingGradient: vanishingGradient, ExplodingTensor: explodingTensor,
  PoorWeightInitialization: poorWeightInitialization, DeadRelu: deadRelu, ClassImbalance: classImbalance, StalledTrainingRule: stalledTraining, UnchangedTensor: unchangedTensor, AllZero: allZero,
};

/** Rules about the use of the machine. `ProfilerReport` stands for all of them. */
export const PROFILER_RULES: Readonly<Record<string, Rule>> = {
  CPUBottleneck: cpuBottleneck, LowGPUUtilization: lowGpuUtilization, OverallSystemUsage: overallSystemUsage, MaxInitializationTime: maxInitializationTime, StepOutlier: stepOutlier, IOBottleneck: ioBottleneck,
};

/** The rule's parameters: what was given, as numbers, over the defaults; others are passed over as Debugger does. */
export const parametersOf = (rule: Rule, given: Readonly<Record<string, string>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(rule.defaults).map(([name, fallback]) => [name, Number.isFinite(Number(given[name])) && given[name] !== undefined ? Number(given[name]) : fallback]));

/** The collections that these rules look at. */
export const collectionsOf = (rules: readonly Rule[]): readonly Collection[] => [...new Set(rules.flatMap(({ collections }) => collections))];
