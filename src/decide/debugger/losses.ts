import { digits, NOT_MET, type History, type LossValue, type Rule, type Verdict } from "./history.ts";

type Mode = LossValue["mode"];

/** The mean loss of each saved step of a mode: several losses of a step count together. */
function lossesOf({ losses }: Pick<History, "losses">, mode: Mode): readonly { readonly step: number; readonly value: number }[] {
  const steps = new Map<number, number[]>();
  for (const loss of losses) if (loss.mode === mode) steps.set(loss.step, [...(steps.get(loss.step) ?? []), loss.value]);
  return [...steps].map(([step, values]) => ({ step, value: values.reduce((sum, value) => sum + value, 0) / values.length })).toSorted((a, b) => a.step - b.step);
}

/** The loss at a saved step against the latest one that is num_steps or more before. */
function judgeDecrease(history: Pick<History, "losses">, { num_steps = 0, diff_percent = 0, increase_threshold_percent = 0 }: Readonly<Record<string, number>>): Verdict {
  const losses = lossesOf(history, "TRAIN");
  for (const now of losses) {
    const before = losses.findLast(({ step }) => step <= now.step - num_steps);
    if (before === undefined) continue;
    const percent = ((before.value - now.value) / Math.abs(before.value)) * 100;
    const between = `between step ${before.step} (${digits(before.value)}) and step ${now.step} (${digits(now.value)})`;
    if (-percent > increase_threshold_percent) return { met: true, step: now.step, detail: `the loss rose by ${digits(-percent)} % ${between}` };
    if (!(percent >= diff_percent)) return { met: true, step: now.step, detail: `the loss decreased by ${digits(percent)} % ${between}, less than ${diff_percent} %` };
  }
  return NOT_MET;
}

export const lossNotDecreasing: Rule = { collections: ["losses"], defaults: { num_steps: 10, diff_percent: 0.1, increase_threshold_percent: 5 }, judge: judgeDecrease };

export const overfit: Rule = {
  collections: ["losses"],
  defaults: { start_step: 0, patience: 1, ratio_threshold: 0.1 },
  judge(history, { start_step = 0, patience = 1, ratio_threshold = 0 }) {
    const training = lossesOf(history, "TRAIN");
    let worse = 0;
    for (const { step, value } of lossesOf(history, "EVAL")) {
      const trained = training.findLast((loss) => loss.step <= step) ?? training[0];
      if (trained === undefined || step < start_step) continue;
      const ratio = (value - trained.value) / Math.abs(trained.value);
      worse = ratio > ratio_threshold ? worse + 1 : 0;
      if (worse >= patience && worse > 0) {
        return { met: true, step, detail: `the validation loss ${digits(value)} is ${digits(ratio * 100)} % above the training loss ${digits(trained.value)}, more than ${digits(ratio_threshold * 100)} %` };
      }
    }
    return NOT_MET;
  },
};

export const overtraining: Rule = {
  collections: ["losses"],
  defaults: { patience_train: 5, patience_validation: 10, delta: 0.01 },
  judge(history, { patience_train = 0, patience_validation = 0, delta = 0 }) {
    for (const [mode, patience, name] of [["TRAIN", patience_train, "training"], ["EVAL", patience_validation, "validation"]] as const) {
      let best = Infinity;
      let since = 0;
      for (const { step, value } of lossesOf(history, mode)) {
        since = value < best - delta ? 0 : since + 1;
        best = Math.min(best, value);
        if (since > patience) return { met: true, step, detail: `the ${name} loss has not improved by ${delta} on its best, ${digits(best)}, for ${since} saved steps` };
      }
    }
    return NOT_MET;
  },
};
