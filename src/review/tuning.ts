import { batchSizeOf, chanceLoss } from "./chance.ts";
import { digits, numberOf, type Finding, type TrialFacts, type TuningFacts } from "./snapshot.ts";

/** Fewer trials show nothing. */
const FEW = 4;
const STRONG = 0.8;

interface Point {
  readonly x: number;
  readonly y: number;
}

function correlation(points: readonly Point[]): { readonly r: number; readonly slope: number } {
  const mean = (of: (point: Point) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const sum = (of: (point: Point) => number): number => points.reduce((total, point) => total + of(point), 0);
  const [xy, xx, yy] = [sum(({ x, y }) => (x - mx) * (y - my)), sum(({ x }) => (x - mx) ** 2), sum(({ y }) => (y - my) ** 2)];
  return { r: xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0, slope: xx > 0 ? xy / xx : 0 };
}

const measured = ({ trials }: TuningFacts): readonly (TrialFacts & { readonly objective: number })[] =>
  trials.flatMap((trial) => (trial.objective === undefined ? [] : [{ ...trial, objective: trial.objective }]));

/** An objective that grows with the batch size compares batch sizes, not models. */
export function dependsOnBatchSize(tuning: TuningFacts): readonly Finding[] {
  const points = measured(tuning).flatMap(({ values, objective }) => {
    const size = batchSizeOf(values);
    return size !== undefined && size > 0 && objective > 0 ? [{ x: Math.log(size), y: Math.log(objective), size, objective }] : [];
  });
  if (points.length < FEW || new Set(points.map(({ size }) => size)).size < 2) return [];
  const { r, slope } = correlation(points);
  if (Math.abs(r) < STRONG || Math.abs(slope) < 0.5) return [];
  const [smallest, largest] = [points.toSorted((a, b) => a.size - b.size)[0], points.toSorted((a, b) => b.size - a.size)[0]];
  return [{
    rule: "objective depends on batch size", subject: tuning.name,
    evidence: `over ${points.length} training jobs ${tuning.metric} follows the batch size (correlation of their logarithms ${digits(r)}, exponent ${digits(slope)}): ${digits(smallest?.objective ?? 0)} at ${smallest?.size ?? 0}, ${digits(largest?.objective ?? 0)} at ${largest?.size ?? 0}. ` +
      "The tuner prefers the smallest batches, whatever the models are worth.",
    advice: "Report the loss per sample: sum of the losses divided by the number of samples, not by the number of batches.",
  }];
}

/** Whether a trial's objective is that of a model that guesses. */
function isDead({ classes }: TuningFacts, { values, objective }: TrialFacts): boolean {
  return classes !== undefined && objective !== undefined && chanceLoss(objective, classes, batchSizeOf(values)) !== undefined;
}

/** A range of which most ends at chance. */
export function deadRange(tuning: TuningFacts): readonly Finding[] {
  const ended = measured(tuning);
  const dead = ended.filter((trial) => isDead(tuning, trial));
  if (ended.length < FEW || dead.length * 3 < ended.length) return [];
  const parts = tuning.ranges.flatMap((range) => deadPart(range, { ended, dead }));
  return [{
    rule: "search range mostly dead", subject: tuning.name,
    evidence: `${dead.length} of ${ended.length} training jobs ended at chance level (ln ${tuning.classes ?? 0} = ${digits(Math.log(tuning.classes ?? 1))} a sample)${parts.length > 0 ? `: ${parts.map(({ text }) => text).join("; ")}` : ""}`,
    advice: parts.length > 0 ? `Search ${parts.map(({ better }) => better).join(", ")}, logarithmically.` : "Look for what these training jobs have in common before searching further.",
  }];
}

interface Ended {
  readonly ended: readonly TrialFacts[];
  readonly dead: readonly TrialFacts[];
}

/** From which value on every trial is dead, where a living one lies below it (or the other way round). */
function deadPart({ name, min, max }: TuningFacts["ranges"][number], { ended, dead }: Ended): readonly { readonly text: string; readonly better: string }[] {
  const valueOf = (trial: TrialFacts): number => numberOf(trial.values[name]) ?? Number.NaN;
  const living = ended.filter((trial) => !dead.includes(trial)).map(valueOf).filter(Number.isFinite);
  const dying = dead.map(valueOf).filter(Number.isFinite);
  if (living.length === 0 || dying.length < 2) return [];
  const above = dying.filter((value) => value > Math.max(...living));
  const below = dying.filter((value) => value < Math.min(...living));
  if (above.length >= 2 && above.length >= below.length) return [{ text: `every one of the ${above.length} with ${name} of ${digits(Math.min(...above))} or more, and none that lived`, better: `${name} from ${digits(min)} to ${digits(Math.max(...living))}` }];
  if (below.length >= 2) return [{ text: `every one of the ${below.length} with ${name} of ${digits(Math.max(...below))} or less, and none that lived`, better: `${name} from ${digits(Math.min(...living))} to ${digits(max)}` }];
  return [];
}

/** The best training job, which is what gets deployed, is at chance. */
export function deadWinner(tuning: TuningFacts): readonly Finding[] {
  const best = tuning.trials.find(({ name }) => name === tuning.best);
  if (best?.objective === undefined || !isDead(tuning, best)) return [];
  const loss = chanceLoss(best.objective, tuning.classes ?? 2, batchSizeOf(best.values));
  return [{
    rule: "winner at chance level", subject: tuning.name,
    evidence: `the best training job, ${best.name}, has ${tuning.metric} ${digits(best.objective)}${loss?.divided === true ? ` at batch size ${batchSizeOf(best.values) ?? 0}: ${digits(loss.perSample)} a sample` : ""}, and guessing among ${tuning.classes ?? 0} classes has ${digits(Math.log(tuning.classes ?? 1))}`,
    advice: "Do not deploy it. Mend the objective and the ranges that other findings name, and search again.",
  }];
}

/** What is tuned on the test data is no test any more. */
export function tunedOnTest({ name, metric, regex, trials }: TuningFacts): readonly Finding[] {
  if (trials.length < 2 || !/\btest/i.test(`${metric.replaceAll(/[_:]/g, " ")} ${regex}`)) return [];
  return [{
    rule: "tuned on the test channel", subject: name,
    evidence: `the objective is ${metric}, read by /${regex}/: ${trials.length} training jobs were compared on the test data`,
    advice: "Compare them on the validation data, and look at the test data once, at the end.",
  }];
}
