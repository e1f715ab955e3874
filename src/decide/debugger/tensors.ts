import { digits, grouped, NOT_MET, type History, type Rule, type TensorStatistics, type Verdict } from "./history.ts";
import { lossNotDecreasing } from "./losses.ts";

const of = ({ tensors }: Pick<History, "tensors">, collection: TensorStatistics["collection"]): readonly TensorStatistics[] => tensors.filter((each) => each.collection === collection);

export const vanishingGradient: Rule = {
  collections: ["gradients"],
  defaults: { threshold: 1e-7 },
  judge(history, { threshold = 0 }) {
    const small = of(history, "gradients").find(({ meanAbs }) => meanAbs < threshold);
    return small === undefined ? NOT_MET : { met: true, step: small.step, detail: `the mean of |${small.name}| is ${digits(small.meanAbs)}, below ${threshold}` };
  },
};

export const explodingTensor: Rule = {
  collections: ["losses", "gradients", "weights"],
  defaults: {},
  judge({ tensors, losses }) {
    const tensor = tensors.find(({ broken }) => broken > 0);
    if (tensor !== undefined) return { met: true, step: tensor.step, detail: `${tensor.broken} of ${tensor.count} values of ${tensor.name} are infinite or no numbers` };
    const loss = losses.find(({ value }) => !Number.isFinite(value));
    return loss === undefined ? NOT_MET : { met: true, step: loss.step, detail: `${loss.name} is infinite or no number` };
  },
};

export const poorWeightInitialization: Rule = {
  collections: ["weights", "gradients", "losses"],
  defaults: { threshold: 10, distribution_range: 0.001, patience: 5, steps: 10 },
  judge(history, { threshold = 0, distribution_range = 0, patience = 0, steps = 0 }) {
    const early = { ...history, tensors: history.tensors.filter(({ step }) => step < steps), losses: history.losses.filter(({ step }) => step < steps) };
    // Biases often begin at zero, and a layer of one weight has no variance.
    const weights = of(early, "weights").filter(({ step, count, variance }) => step === early.tensors[0]?.step && count > 1 && variance > 0);
    const [widest, narrowest] = [weights.toSorted((a, b) => b.variance - a.variance)[0], weights.toSorted((a, b) => a.variance - b.variance)[0]];
    if (widest !== undefined && narrowest !== undefined && widest.variance / narrowest.variance > threshold) {
      return { met: true, step: widest.step, detail: `the weights' variances differ ${digits(widest.variance / narrowest.variance)}-fold between ${widest.name} and ${narrowest.name}, more than ${threshold}-fold` };
    }
    const narrow = of(early, "gradients").find(({ p5, p95 }) => p95 - p5 < distribution_range);
    if (narrow !== undefined) return { met: true, step: narrow.step, detail: `9 of 10 values of ${narrow.name} lie within ${digits(narrow.p95 - narrow.p5)}, less than ${distribution_range}` };
    const stuck = lossNotDecreasing.judge(early, { num_steps: patience, diff_percent: 0, increase_threshold_percent: Infinity });
    return stuck.met ? { ...stuck, detail: `in the first ${steps} steps ${stuck.detail}` } : NOT_MET;
  },
};

/** Two snapshots of a tensor count as equal when sum and sum of squares do, to the tolerance. */
const alike = (a: TensorStatistics, b: TensorStatistics, rtol: number): boolean =>
  Math.abs(a.sum - b.sum) <= rtol * Math.sqrt(b.count * b.squares) && Math.abs(a.squares - b.squares) <= 2 * rtol * b.squares;

export const unchangedTensor: Rule = {
  collections: ["gradients", "weights"],
  defaults: { num_steps: 3, rtol: 1e-5 },
  judge({ tensors }, { num_steps = 0, rtol = 0 }): Verdict {
    for (const [name, all] of grouped(tensors, (tensor) => tensor.name)) {
      let same = 1;
      for (const [index, now] of all.entries()) {
        const before = all[index - 1];
        same = before !== undefined && alike(before, now, rtol) ? same + 1 : 1;
        if (same >= num_steps) return { met: true, step: now.step, detail: `${name} has not changed over ${same} saved steps` };
      }
    }
    return NOT_MET;
  },
};

export const allZero: Rule = {
  collections: ["gradients", "weights"],
  defaults: { threshold: 100 },
  judge({ tensors }, { threshold = 0 }) {
    const zero = tensors.find((tensor) => tensor.count > 0 && tensor.broken === 0 && tensor.zero * 100 >= threshold);
    return zero === undefined ? NOT_MET : { met: true, step: zero.step, detail: `${digits(zero.zero * 100)} % of the values of ${zero.name} are zero` };
  },
};

export const deadRelu: Rule = {
  collections: ["relu_output"],
  // A unit is inactive below 1 % of the time; the script's side counts with that.
  defaults: { threshold_layer: 50 },
  judge({ relus }, { threshold_layer = 0 }) {
    if (relus.length === 0) return { met: false, note: "not judged: no ReLU was told of" };
    const layer = relus.find(({ dead }) => dead * 100 > threshold_layer);
    return layer === undefined ? NOT_MET : { met: true, step: layer.step, detail: `${digits(layer.dead * 100)} % of the units of ${layer.name} are active less than 1 % of the time, more than ${threshold_layer} %` };
  },
};

export const classImbalance: Rule = {
  collections: ["classes", "losses"],
  defaults: { threshold_imbalance: 10, threshold_misprediction: 0.7, samples: 500 },
  judge({ classes }, { threshold_imbalance = 0, threshold_misprediction = 0, samples = 0 }) {
    const total = classes.reduce((sum, { seen }) => sum + seen, 0);
    if (total < samples) return { met: false, note: `${total} labels were seen, fewer than ${samples}` };
    const [most, least] = [classes.toSorted((a, b) => b.seen - a.seen)[0], classes.toSorted((a, b) => a.seen - b.seen)[0]];
    if (most !== undefined && least !== undefined && most.seen / least.seen > threshold_imbalance) {
      return { met: true, detail: `class ${most.label} came ${digits(most.seen / least.seen)} times as often as class ${least.label}, more than ${threshold_imbalance} times` };
    }
    const missed = classes.find(({ seen, right }) => 1 - right / seen > threshold_misprediction);
    return missed === undefined ? NOT_MET : { met: true, detail: `class ${missed.label} was taken for another one in ${digits((1 - missed.right / missed.seen) * 100)} % of ${missed.seen} cases, more than ${threshold_misprediction * 100} %` };
  },
};
