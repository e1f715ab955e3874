import { join } from "node:path";
import { seededRandom } from "../../shared/random.ts";
import { composeModel, OUTPUT, writeArtifact, type ModelInfo } from "./artifact.ts";
import { augmentationOf } from "./augmentation.ts";
import { notSupported } from "./client-error.ts";
import { assembleFeatures, extractBatches, type Features } from "./features.ts";
import { trainHead, type LabelledFeatures } from "./head.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { ListedPicture } from "./list-file.ts";
import { gatherMetrics } from "./metrics.ts";
import type { Backbone } from "./network.ts";
import { openObserver } from "./observer.ts";
import { isOwn, openPeers } from "./peers.ts";
import type { Size } from "./pictures.ts";
import { logEpoch, logParameters, logResult, logSkipped, progressLogger } from "./report.ts";
import { SEED, type PreparedJob } from "./train-job.ts";
import { checkUsable, findBackbone } from "./training-input.ts";

/**
 * Random cuts kept for each picture when augmentation_type=crop asks for them, beside its middle. On the example they give about one
 * point, and each takes as long as the middle itself.
 */
export const CUTS = 2;
/** The size that pictures are brought to: the backbone's own unless the job names another that it can take. */
export function inputSize({ imageSize }: Hyperparameters, backbone: Backbone): Size {
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

/** Trains a new last layer on the features of a frozen backbone. */
export async function trainOnFeatures({ context, hyperparameters, dataset, started }: PreparedJob): Promise<void> {
  const { layout, log, clock, threads, environment = {}, hook, signal } = context;
  const since = (moment: number): number => (clock.monotonic() - moment) / 1000;
  const backbone = await findBackbone(layout);
  const peers = await openPeers({ layout, environment, clock, signal });
  if (peers !== undefined) log.info(`Host ${peers.host + 1} of ${peers.hosts}: each computes the features of its part of the pictures, the first one trains.`);
  const size = inputSize(hyperparameters, backbone);
  logParameters(log, { hyperparameters, size, threads, network: { backbone: `${backbone.name} (${backbone.featureCount} features)` }, what: "trains a new last layer on the features of a frozen backbone, which can be given in a channel of its own, 'backbone'; SAGEBRUSH_TRAINED_LAYERS=all trains its other layers too," });
  const { cropShare, augmentation: type } = hyperparameters;
  const augmentation = type === undefined || type === "crop" ? undefined : augmentationOf(type, cropShare);
  const load = async (channel: "train" | "validation", pictures: readonly ListedPicture[]): Promise<Loaded | undefined> => {
    const cuts = type !== undefined && channel === "train" ? CUTS : 0;
    const paths = pictures.map(({ path }) => join(layout.channel(channel), path));
    const own = await extractBatches(paths, { backbone, size, cropShare, cuts, augmentation, seed: SEED, threads, signal, onProgress: progressLogger(log, channel) }, (index) => isOwn(peers, index));
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
  checkUsable(dataset, { train: train.labelled.labels, validation: validation.labelled.labels });

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
    observe: (rows) => openObserver(hook, { monotonic: () => clock.monotonic(), head: { rows, width: train.labelled.width, classes: hyperparameters.numClasses, threads } }),
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
  await writeArtifact(layout.model, { model: composeModel({ backbone, head, labels: dataset.labels, info }), labels: dataset.labels, info }, metrics);
  logResult(log, metrics);
}
