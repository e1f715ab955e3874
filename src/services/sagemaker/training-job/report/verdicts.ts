import { parametersOf, PROFILER_RULES, type History } from "../../../../decide/debugger/index.ts";

/** A profiler rule in a report. */
export interface RuleVerdict {
  readonly rule: string;
  readonly about: string;
  readonly state: "found" | "clear" | "not-judged";
  readonly detail: string;
}

/** What each rule is about, and what to do: https://docs.aws.amazon.com/sagemaker/latest/dg/debugger-built-in-profiler-rules.html */
const ABOUT: Readonly<Record<string, string>> = {
  CPUBottleneck: "Whether a GPU waits for the CPU. More workers that load data, or a type with more vCPUs for each GPU, help.",
  LowGPUUtilization: "Whether a GPU has too little to do. Larger mini-batches, or a smaller type, help.",
  OverallSystemUsage: "How the machines were used. What is hardly used could be smaller: sagebrush instances says what fits.",
  MaxInitializationTime: "Whether too much time passes before the first step. File mode copies all data first; FastFile and fewer files help.",
  StepOutlier: "Whether some steps take far longer than the rest. Checkpoints, data loading or other programs stall them.",
  IOBottleneck: "Whether a GPU waits for data. Larger files, prefetching and caching help.",
};

/** All profiler rules with their defaults, as ProfilerReport runs them. */
export const verdictsOf = (history: History): readonly RuleVerdict[] => Object.entries(PROFILER_RULES).map(([rule, each]) => {
  const verdict = each.judge(history, parametersOf(each, {}));
  const about = ABOUT[rule] ?? "";
  if (verdict.met) return { rule, about, state: "found", detail: verdict.detail };
  return { rule, about, state: verdict.note?.startsWith("not judged") === true ? "not-judged" : "clear", detail: verdict.note ?? "" };
});
