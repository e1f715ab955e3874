/** `npm run bench -- accuracy`: what the shipped backbone and the head's recipe reach on the example's photographs, by 5-fold. */
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { confusionMatrix } from "../src/algorithms/image-classification/metrics.ts";
import { extractFeatures } from "../src/algorithms/image-classification/features.ts";
import { readBackbone } from "../src/algorithms/image-classification/network.ts";
import { DEFAULT_CROP_SHARE } from "../src/algorithms/image-classification/hyperparameters.ts";
import { CUTS } from "../src/algorithms/image-classification/head-job.ts";
import { SHIPPED_BACKBONE } from "../src/algorithms/image-classification/training-input.ts";
import { holdOut, meanOverFolds, SETTINGS, type FoldedFeatures, type FoldResult } from "./cross-validation.ts";

const REPOSITORY = join(import.meta.dirname, "..");
const EXAMPLE = join(REPOSITORY, "examples", "dog-breeds");
const REPORT = join(REPOSITORY, "docs", "reference", "accuracy.md");
const SEEDS = [1, 2, 3];

interface Prepared extends FoldedFeatures {
  readonly names: readonly string[];
  readonly backbone: string;
  readonly size: string;
  readonly seconds: number;
}

async function prepare(file: string, cut: { readonly cropShare: number; readonly cuts: number }): Promise<Prepared> {
  const { folds } = JSON.parse(await readFile(join(EXAMPLE, "folds.json"), "utf8")) as { readonly folds: readonly (readonly string[])[] };
  const paths = folds.flat();
  const names = [...new Set(paths.map(dirname))].sort();
  const backbone = await readBackbone(file);
  const started = performance.now();
  const features = await extractFeatures(paths.map((path) => join(EXAMPLE, "data", path)), {
    backbone, size: backbone.size, ...cut, seed: 1, threads: availableParallelism(),
  });
  if (features.skipped.length > 0) throw new Error(`Pictures of the example cannot be read: ${features.skipped.map(({ path }) => path).join(", ")}`);
  let picture = 0;
  return {
    width: features.width,
    views: features.viewsPerPicture,
    values: features.values,
    labels: paths.map((path) => names.indexOf(dirname(path))),
    classes: names.length,
    folds: folds.map((fold) => fold.map(() => picture++)),
    names,
    backbone: backbone.name,
    size: `${backbone.size.height}x${backbone.size.width}`,
    seconds: (performance.now() - started) / 1000,
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const withError = ({ mean, standardError }: { readonly mean: number; readonly standardError: number }): string => `${(mean * 100).toFixed(1)} ± ${(standardError * 100).toFixed(1)} %`;

interface Results {
  /** The cut chosen too, on the inner splits. */
  readonly chosen: readonly FoldResult[];
  /** The middle 7/8, as a training job does it unless told otherwise. */
  readonly usual: readonly FoldResult[];
  readonly whole: readonly FoldResult[];
  /** The middle 7/8, with `augmentation_type=crop`. */
  readonly cropped: readonly FoldResult[];
}

const row = (title: string, results: readonly FoldResult[]): string =>
  `| ${title} | ${withError(meanOverFolds(results, (result) => result.refitted))} | ${withError(meanOverFolds(results, (result) => result.job))} |`;

function report(data: Prepared, { chosen: results, usual, whole, cropped }: Results): string {
  const truth = results.flatMap(({ fold }) => (data.folds[fold] ?? []).map((row) => data.labels[row] ?? 0));
  const confusion = confusionMatrix(truth, results.flatMap(({ predictions }) => predictions), data.classes);
  const perBreed = data.names.map((name, label) => {
    const row = confusion[label] ?? [];
    const total = row.reduce((sum, count) => sum + count, 0);
    const [other = 0] = row.map((count, index) => ({ count, index })).filter(({ index }) => index !== label).sort((a, b) => b.count - a.count).map(({ index }) => index);
    return `| ${name} | ${total / SEEDS.length} | ${percent((row[label] ?? 0) / total)} | ${data.names[other] ?? ""} (${percent((row[other] ?? 0) / total)}) |`;
  });
  const commonest = Math.max(...data.names.map((_, label) => data.labels.filter((one) => one === label).length)) / data.labels.length;
  const chosen = SETTINGS.map((setting) => ({ setting, count: results.filter((result) => result.setting === setting).length })).filter(({ count }) => count > 0);
  return `<!-- Written by \`npm run bench -- accuracy\`. -->
# Accuracy of the default backbone on the example's 12 breeds

**${withError(meanOverFolds(results, (result) => result.refitted))}** of held-out photographs are named rightly; guessing one breed at random gives ${percent(1 / data.classes)}, always the commonest ${percent(commonest)}.

| pictures prepared | head trained on four folds, tested on the fifth | head as a training job leaves it: three folds, the fourth is its validation channel |
|---|---|---|
${row("**as the inner splits choose**", results)}
${row("middle 7/8, the default", usual)}
${row("whole", whole)}
${row("middle 7/8 and `augmentation_type=crop`", cropped)}

${data.labels.length} photographs, ${data.folds.length} stratified folds (\`examples/dog-breeds/folds.json\`), seeds ${SEEDS.join(", ")}: mean ± standard error over the folds, each fold's
figure being the mean of its seeds. Backbone \`${data.backbone}\` at ${data.size}, ${data.width} features, frozen; none of its training pictures shows these breeds.
Learning rate, weight decay, number of epochs (at most 30, early stopping) and, in the first row, how much of the picture is shown are
chosen inside the training folds alone, on an inner split: one of the four training folds is its validation set, another one for each seed; the held-out fold is
looked at once, at the end. The best setting of the inner split is then trained again on all four folds for as many epochs.
Chosen: the middle 7/8 in ${results.filter(({ preparation }) => preparation === 0).length} of ${results.length}; ${chosen.map(({ setting, count }) => `learning rate ${setting.learningRate} with decay ${setting.weightDecay} in ${count}`).join(", ")}.

| breed | photographs | accuracy | most often taken for |
|---|---|---|---|
${perBreed.join("\n")}
`;
}

async function measure(preparations: readonly Prepared[], views: number): Promise<readonly FoldResult[]> {
  const results: FoldResult[] = [];
  for (const seed of SEEDS) for (const fold of preparations[0]?.folds.keys() ?? []) results.push(await holdOut(preparations, { fold, seed, views }));
  return results;
}

/** Measures, prints and writes \`docs/reference/accuracy.md\`. Another backbone can be named for trying. */
export async function runAccuracy(file: string = SHIPPED_BACKBONE): Promise<void> {
  const middle = await prepare(file, { cropShare: DEFAULT_CROP_SHARE, cuts: CUTS });
  const all = await prepare(file, { cropShare: 1, cuts: 0 });
  const count = middle.labels.length * (middle.views + 1);
  process.stdout.write(`features of ${count} views in ${(middle.seconds + all.seconds).toFixed(1)} s (${middle.backbone}, ${middle.size})\n`);
  const results = { chosen: await measure([middle, all], 1), usual: await measure([middle], 1), whole: await measure([all], 1), cropped: await measure([middle], middle.views) };
  const text = report(middle, results);
  process.stdout.write(`${text.slice(text.indexOf("\n") + 1)}\n`);
  if (file !== SHIPPED_BACKBONE) return;
  await writeFile(REPORT, text);
  process.stdout.write(`written to ${relative(REPOSITORY, REPORT)}\n`);
}

if (import.meta.main) await runAccuracy(process.argv[2]);
