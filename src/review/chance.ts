import { digits, numberOf, type Finding, type JobFacts } from "./snapshot.ts";

/** A loss this close to ln K, as a share of it, is that of a model that knows nothing. */
const CLOSE = 0.03;
const BATCH_SIZES = ["batch_size", "batch-size", "mini_batch_size", "train_batch_size"];

export const batchSizeOf = (values: Readonly<Record<string, string>>): number | undefined => BATCH_SIZES.map((name) => numberOf(values[name])).find((size) => size !== undefined);

/** How a loss is at chance level for K classes: as it is, or once it is divided by the batch size that it was summed over. */
export function chanceLoss(loss: number, classes: number, batchSize: number | undefined): { readonly perSample: number; readonly divided: boolean } | undefined {
  const chance = Math.log(classes);
  const near = (value: number): boolean => Math.abs(value - chance) <= CLOSE * chance;
  if (near(loss)) return { perSample: loss, divided: false };
  if (batchSize !== undefined && batchSize > 1 && near(loss / batchSize)) return { perSample: loss / batchSize, divided: true };
  return undefined;
}

/** An accuracy as a share of 1 that guessing would reach too. */
const chanceAccuracy = (value: number, classes: number): boolean => {
  const share = value > 1 ? value / 100 : value;
  return share <= (1 / classes) * 1.5;
};

const isLoss = (name: string): boolean => /loss|entropy|objective/i.test(name);
const isAccuracy = (name: string): boolean => /acc/i.test(name);

/** A job that ended with a model that guesses. Needs only the number of classes and a metric. */
export function atChance(job: JobFacts): readonly Finding[] {
  const { classes } = job;
  if (classes === undefined || classes < 2 || job.status !== "Completed") return [];
  for (const { name, value } of job.metrics) {
    if (value === undefined) continue;
    const loss = isLoss(name) ? chanceLoss(value, classes, batchSizeOf(job.hyperparameters)) : undefined;
    if (loss !== undefined) {
      return [finding(job, `${name} ended at ${digits(value)}${loss.divided ? `, ${digits(loss.perSample)} a sample of its batch` : ""}; a model that guesses among ${classes} classes has ln ${classes} = ${digits(Math.log(classes))}`)];
    }
    if (isAccuracy(name) && !isLoss(name) && chanceAccuracy(value, classes)) {
      return [finding(job, `${name} ended at ${digits(value)}; guessing among ${classes} classes reaches ${digits(1 / classes)}`)];
    }
  }
  return [];
}

const finding = ({ name }: JobFacts, evidence: string): Finding => ({
  rule: "at chance level", subject: name, evidence: `${evidence}. The model has learned nothing.`,
  advice: "Do not deploy it. Try a learning rate ten times smaller, look whether the data's labels reach the loss, and watch the loss of the first steps.",
});
