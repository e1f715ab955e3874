import { join } from "node:path";
import type { Clock } from "../../shared/clock.ts";
import { seededRandom } from "../../shared/random.ts";
import { OUTPUT, writeArtifact, type ModelInfo } from "./artifact.ts";
import { ClientError, notSupported } from "./client-error.ts";
import { assembleFeatures, extractBatches, type Features } from "./features.ts";
import { trainHead, type LabelledFeatures } from "./head.ts";
import { deviations, parseHyperparameters, type Hyperparameters } from "./hyperparameters.ts";
import type { JobLog } from "./job-log.ts";
import type { Layout } from "./layout.ts";
import type { ListedPicture } from "./list-file.ts";
import { gatherMetrics } from "./metrics.ts";
import type { Backbone } from "./network.ts";
import { openObserver } from "./observer.ts";
import { isOwn, openPeers } from "./peers.ts";
import type { Size } from "./pictures.ts";
import { logEpoch, logParameters, logSkipped, progressLogger } from "./report.ts";
import { checkConfiguration, findBackbone, readDataset, readHyperparameters } from "./training-input.ts";

export interface TrainingContext {
  readonly layout: Layout;
  readonly log: JobLog;
  readonly clock: Clock;
  readonly threads: number;
  /** The program's: on several hosts it says where they meet. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What Debugger's rules want to know of (SAGEBRUSH_HOOK). */
  readonly hook?: string | undefined;
  /** Stops the job: with the best model so far, when there is one. */
  readonly signal: AbortSignal;
}

/**
 * Random cuts kept for each picture when augmentation_type=crop asks for them, beside its middle. On the example they give about one
 * point, and each takes as long as the middle itself.
 */
export const CUTS = 2;
/** AWS's algorithm has no hyperparameter for it; a fixed one makes a job repeatable. */
const SEED = 20180101;

/** The size that pictures are brought to: the backbone's own unless the job names another that it can take. */
function inputSize({ imageSize }: Hyperparameters, backbone: Backbone): Size {
  if (imageSize === undefined) return backbone.size;
  const { height, width } = backbone.size;
  if (backbone.fixedSize && (imageSize.height !== height || imageSize.width !== width)) {
    throw notSupported(`image_shape=3,${imageSize.height},${imageSize.width} with the backbone ${backbone.name}, which takes only ${height}x${width},`, "Leave image_shape out, or export the backbone with a free height and width.");
  }
  return imageSize;
}

interface Loaded {
  readonly features: Features;
  readonly labelled: LabelledFeatures;
}

/** Runs a training job from its folders to its artifact. Throws ClientError for the customer's mistakes, the signal's reason when stopped before any model. */
export async function runTrainingJob({ layout, log, clock, threads, environment = {}, hook, signal }: TrainingContext): Promise<void> {
  const started = clock.monotonic();
  const since = (moment: number): number => (clock.monotonic() - moment) / 1000;
  const given = await readHyperparameters(layout);
  log.info(`Reading provided configuration from ${layout.hyperparameters}: ${JSON.stringify(given)}`);
  const hyperparameters = parseHyperparameters(given);
  await checkConfiguration(layout);
  const dataset = await readDataset(layout, hyperparameters.numClasses, log);
  const backbone = await findBackbone(layout);
  const peers = await openPeers({ layout, environment, clock, signal });
  if (peers !== undefined) log.info(`Host ${peers.host + 1} of ${peers.hosts}: each computes the features of its part of the pictures, the first one trains.`);
  const size = inputSize(hyperparameters, backbone);
  logParameters(log, { hyperparameters, backbone, size, threads });
  for (const note of deviations(given)) log.warn(note);
  if (dataset.train.length !== hyperparameters.numTrainingSamples) {
    log.warn(`num_training_samples is ${hyperparameters.numTrainingSamples}, but the list has ${dataset.train.length} pictures; the list counts.`);
  }

  const isCropping = hyperparameters.augmentation === "crop";
  const { cropShare } = hyperparameters;
  const load = async (channel: "train" | "validation", pictures: readonly ListedPicture[]): Promise<Loaded | undefined> => {
    const cuts = isCropping && channel === "train" ? CUTS : 0;
    const paths = pictures.map(({ path }) => join(layout.channel(channel), path));
    const own = await extractBatches(paths, { backbone, size, cropShare, cuts, seed: SEED, threads, signal, onProgress: progressLogger(log, channel) }, (index) => isOwn(peers, index));
    const all = peers === undefined ? own : await peers.gather(channel, own);
    if (all === undefined) return undefined;
    const features = assembleFeatures(all.filter((batch) => batch !== undefined), { backbone, cuts });
    logSkipped(log, channel, { total: pictures.length, skipped: features.skipped, folder: layout.channel(channel) });
    const labels = features.pictures.map((index) => pictures[index]?.label ?? 0);
    return { features, labelled: { width: features.width, views: features.viewsPerPicture, values: features.values, labels } };
  };
  const train = await load("train", dataset.train);
  const validation = await load("validation", dataset.validation);
  await peers?.close();
  if (train === undefined || validation === undefined) return log.info("This host's features are with the first one, which trains.");
  const featureSeconds = since(started);
  const count = dataset.train.length + dataset.validation.length;
  log.info(`Features of ${count} pictures in ${featureSeconds.toFixed(1)} s (${(count / featureSeconds).toFixed(0)} pictures/s).`);
  dataset.labels.forEach((label, index) => {
    if (!train.labelled.labels.includes(index)) throw new ClientError(`The class ${index} (${label}) has no usable picture in the channel train; num_classes=${hyperparameters.numClasses} needs pictures of each class.`);
  });
  if (validation.labelled.labels.length === 0) throw new ClientError("The channel validation has no usable picture.");

  const headStarted = clock.monotonic();
  const { head, reports } = await trainHead({
    train: train.labelled,
    validation: validation.labelled,
    classes: hyperparameters.numClasses,
    hyperparameters,
    random: seededRandom(SEED),
    threads,
    signal,
    monotonic: () => clock.monotonic(),
    observe: (rows) => openObserver(hook, { rows, width: train.labelled.width, classes: hyperparameters.numClasses, threads, monotonic: () => clock.monotonic() }),
    onEpoch: (report) => logEpoch(log, report, hyperparameters.topK),
  });
  const info: ModelInfo = {
    format: 1,
    input: { name: backbone.input, layout: "NCHW", colours: "RGB", size, normalization: backbone.normalization, cropShare },
    output: OUTPUT,
    classes: hyperparameters.numClasses,
    backbone: backbone.name,
  };
  const metrics = gatherMetrics({
    reports,
    labels: dataset.labels,
    trainLabels: train.labelled.labels,
    validationLabels: validation.labelled.labels,
    skipped: [...train.features.skipped, ...validation.features.skipped],
    seconds: { features: featureSeconds, head: since(headStarted), total: since(started) },
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  });
  await writeArtifact(layout.model, { backbone, head, labels: dataset.labels, info }, metrics);
  log.info(`Best model: epoch ${metrics.bestEpoch}, validation accuracy ${metrics.validationAccuracy.toFixed(6)} (chance ${metrics.chance.uniform.toFixed(6)}).`);
  log.info(`Training took ${metrics.seconds.total.toFixed(1)} s and at most ${metrics.peakMemoryMiB} MiB.`);
}
