import { digits, grouped, NOT_MET, type Rule, type Verdict } from "./history.ts";

export const stalledTraining: Rule = {
  collections: ["losses"],
  defaults: { threshold: 1800 },
  judge: ({ silentSeconds }, { threshold = 0 }) => (silentSeconds > threshold ? { met: true, detail: `nothing was told for ${Math.floor(silentSeconds)} s, more than ${threshold} s` } : NOT_MET),
};

export const maxInitializationTime: Rule = {
  collections: [],
  defaults: { threshold: 20 },
  judge({ initializationSeconds, silentSeconds, stepSeconds }, { threshold = 0 }) {
    // Before the first step nothing is told, and the silence is the initialization.
    const seconds = initializationSeconds ?? (stepSeconds.length === 0 ? silentSeconds : 0);
    return seconds > threshold * 60 ? { met: true, detail: `${initializationSeconds === undefined ? "no step has begun after" : "the first step came after"} ${digits(seconds / 60)} minutes, more than ${threshold}` } : NOT_MET;
  },
};

export const stepOutlier: Rule = {
  collections: [],
  defaults: { stddev: 5, n_outliers: 10 },
  judge({ stepSeconds }, { stddev = 0, n_outliers = 0 }) {
    if (stepSeconds.length < 2) return { met: false, note: "not judged: fewer than two steps were told of" };
    const mean = stepSeconds.reduce((sum, seconds) => sum + seconds, 0) / stepSeconds.length;
    const deviation = Math.sqrt(stepSeconds.reduce((sum, seconds) => sum + (seconds - mean) ** 2, 0) / stepSeconds.length);
    const outliers = stepSeconds.filter((seconds) => seconds > mean + stddev * deviation);
    return outliers.length > n_outliers
      ? { met: true, detail: `${outliers.length} of ${stepSeconds.length} steps took more than ${stddev} standard deviations over the mean of ${digits(mean * 1000)} ms, up to ${digits(Math.max(...outliers) * 1000)} ms` }
      : NOT_MET;
  },
};

const withoutGpu = (what: string): Rule => ({
  collections: [],
  defaults: {},
  judge: (): Verdict => ({ met: false, note: `not judged: ${what}, and this machine has no GPU` }),
});

export const lowGpuUtilization = withoutGpu("the rule compares the use of a GPU with its thresholds");
export const cpuBottleneck = withoutGpu("the rule looks for a GPU that waits for the CPU");
export const ioBottleneck = withoutGpu("the rule looks for a GPU that waits for data");

export const overallSystemUsage: Rule = {
  collections: [],
  defaults: {},
  judge: ({ system }): Verdict => ({ met: false, note: system.length === 0 ? "no second of the machine was measured" : usageText(system) }),
};

const percentile = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

function usageText(system: Parameters<Rule["judge"]>[0]["system"]): string {
  return [...grouped(system, ({ host }) => host)].map(([host, samples]) => {
    const text = (name: "cpu" | "memory"): string => {
      const values = samples.map((sample) => sample[name]);
      return `${name} p50 ${digits(percentile(values, 0.5))} %, p95 ${digits(percentile(values, 0.95))} %`;
    };
    return `${host}: ${text("cpu")}, ${text("memory")}`;
  }).join("; ");
}
