import { join } from "node:path";
import { seededRandom } from "../../shared/random.ts";
import { gradients } from "../../learn/gradients.ts";
import { importNetwork } from "../../learn/imported.ts";
import { dense } from "../../learn/layers.ts";
import { tensorsOf, type Network } from "../../learn/network.ts";
import { sum } from "../../learn/operations.ts";
import { resnet } from "../../learn/resnet.ts";
import { metadataOf, OUTPUT, writeArtifact, type ModelInfo } from "./artifact.ts";
import { augmentationOf, type Augmentation } from "./augmentation.ts";
import { openCheckpoints } from "./checkpoints.ts";
import { ClientError, notSupported } from "./client-error.ts";
import type { Skipped } from "./feature-batch.ts";
import { inputSize } from "./head-job.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Layout } from "./layout.ts";
import type { ListedPicture } from "./list-file.ts";
import { createLoader, type Loader } from "./loader.ts";
import { gatherMetrics } from "./metrics.ts";
import { IMAGENET } from "./network.ts";
import { openObserver } from "./observer.ts";
import { readHosts } from "./peers.ts";
import { sizeBeforeCrop, type Normalization, type Size } from "./pictures.ts";
import { logEpoch, logParameters, logResult, logSkipped } from "./report.ts";
import { SEED, type PreparedJob } from "./train-job.ts";
import { checkUsable, findBackbone } from "./training-input.ts";
import { finishedModel, INPUT, trainNetwork, type Channel } from "./whole-network.ts";

/** AWS's default image_shape. */
const USUAL: Size = { height: 224, width: 224 };
/** Unpacked pictures kept in memory, all threads together: some 5,000 at AWS's default shape. */
const CACHE_BYTES = 2 ** 30;
/** Every so many threads of the instance one more makes views ready. */
const THREADS_PER_LOADER = 4;

interface Opened extends Channel {
  readonly loader: Loader;
  readonly skipped: readonly Skipped[];
}

/** Opens a channel and unpacks its pictures once: what cannot be used is named and left out. */
async function openChannel({ context: { layout, log, threads }, hyperparameters: { cropShare } }: PreparedJob, { name, pictures, size, normalization, augmentation }: {
  readonly name: "train" | "validation";
  readonly pictures: readonly ListedPicture[];
  readonly size: Size;
  readonly normalization: Normalization;
  readonly augmentation: Augmentation;
}): Promise<Opened> {
  const folder = layout.channel(name);
  const workers = Math.max(1, Math.floor(threads / THREADS_PER_LOADER));
  const loader = createLoader({ paths: pictures.map(({ path }) => join(folder, path)), unpackTo: sizeBeforeCrop(size, cropShare), cacheBytes: CACHE_BYTES / workers, normalization }, workers);
  const bad = await loader.check(size, augmentation);
  logSkipped(log, name, { total: pictures.length, skipped: bad, folder });
  const left = new Set(bad.map(({ picture }) => picture));
  const usable = pictures.flatMap(({ label }, index) => (left.has(index) ? [] : [{ index, label }]));
  return {
    loader, skipped: bad.map(({ path, reason }) => ({ path, reason })), labels: usable.map(({ label }) => label),
    views: (wanted, epoch) => loader.views(wanted.map((picture) => ({ picture: usable[picture]?.index ?? 0, turn: epoch })), { size, augmentation, seed: SEED }),
  };
}

async function refuseHosts(layout: Layout): Promise<void> {
  const { hosts } = await readHosts(layout);
  if (hosts.length > 1) throw notSupported(`Training a whole network on ${hosts.length} instances`, "Use one instance; several share the features of a frozen backbone.");
}

/** The network that is trained, and how it wants its pictures. */
interface Subject {
  readonly network: Network;
  readonly size: Size;
  readonly normalization: Normalization;
  readonly name: string;
  /** For the log. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly what: string;
}

/** A residual network of `num_layers` from random weights (use_pretrained_model=0). */
const randomSubject = ({ depth, imageSize, numClasses }: Hyperparameters): Subject => ({
  network: (scope, x) => dense(scope.in("fc"), resnet(scope, x, depth), numClasses),
  size: imageSize ?? USUAL, normalization: IMAGENET, name: `resnet-${depth}`, facts: { num_layers: depth },
  what: "trains a residual network of the original kind (He et al. 2016)",
});

/** All layers of a pretrained network, under a new last one. Throws ClientError for one that cannot be trained. */
async function pretrainedSubject({ context: { layout }, hyperparameters }: PreparedJob): Promise<Subject> {
  const backbone = await findBackbone(layout);
  if (backbone.fixedBatch !== undefined) throw notSupported(`Training all layers of the backbone ${backbone.name}, which takes single pictures only,`, "Export it with a free batch size.");
  const size = inputSize(hyperparameters, backbone);
  const imported = importNetwork(backbone.model.graph, { input: backbone.input, output: backbone.features });
  try {
    tensorsOf((scope) => {
      const x = scope.graph.input("x", [2, 3, size.height, size.width]);
      const features = imported(scope, x);
      gradients(scope.graph, sum(scope.graph, features, { axes: [0, 1] }), [x]);
    }, seededRandom(SEED));
  } catch (error) {
    throw new ClientError(`Not all layers of the backbone ${backbone.name} can be trained: ${(error as Error).message}`);
  }
  return {
    network: (scope, x) => dense(scope.in("fc"), imported(scope.in("backbone"), x), hyperparameters.numClasses),
    size, normalization: backbone.normalization, name: backbone.name, facts: { backbone: `${backbone.name} (all layers)` }, what: "trains all layers of the backbone, its normalisation by the statistics that it came with,",
  };
}

/** Trains all layers of a network: of one from random weights, or of a pretrained one. */
export async function trainWhole(job: PreparedJob): Promise<void> {
  const { context: { layout, log, clock, threads, hook, signal }, hyperparameters, dataset, started } = job;
  await refuseHosts(layout);
  const { cropShare, numClasses: classes } = hyperparameters;
  const subject = hyperparameters.isPretrained ? await pretrainedSubject(job) : randomSubject(hyperparameters);
  const { network, size, normalization } = subject;
  const since = (moment: number): number => (clock.monotonic() - moment) / 1000;
  logParameters(log, { hyperparameters, size, threads, network: subject.facts, what: subject.what });
  const train = await openChannel(job, { name: "train", pictures: dataset.train, size, normalization, augmentation: augmentationOf(hyperparameters.augmentation, cropShare) });
  const validation = await openChannel(job, { name: "validation", pictures: dataset.validation, size, normalization, augmentation: augmentationOf(undefined, cropShare) });
  checkUsable(dataset, { train: train.labels, validation: validation.labels });
  const prepared = since(started);
  log.info(`${train.labels.length + validation.labels.length} pictures unpacked in ${prepared.toFixed(1)} s.`);

  const checkpoints = await openCheckpoints(layout.checkpoints, {
    of: JSON.stringify({ network: subject.name, classes, size, pictures: train.labels.length, optimizer: hyperparameters.optimizer, batch: hyperparameters.miniBatchSize }), frequency: hyperparameters.checkpointFrequency,
  });
  const trainingStarted = clock.monotonic();
  const trained = await trainNetwork({
    network, size, classes, train, validation, hyperparameters, threads, signal, checkpoints,
    random: (number) => seededRandom(SEED + number),
    monotonic: () => clock.monotonic(),
    observe: () => openObserver(hook, { monotonic: () => clock.monotonic() }),
    onPace: (seconds, steps) => log.info(`The first step of ${hyperparameters.miniBatchSize} pictures took ${seconds.toFixed(1)} s: an epoch of ${steps} takes about ${(seconds * steps).toFixed(0)} s, ${hyperparameters.epochs} epochs ${((seconds * steps * hyperparameters.epochs) / 60).toFixed(0)} min.`),
    onResume: (epochs) => log.info(`Going on after ${epochs} epochs, from the checkpoint in ${layout.checkpoints}.`),
    onEpoch: (report) => logEpoch(log, report, hyperparameters.topK),
  });
  await Promise.all([train.loader.close(), validation.loader.close()]);
  if (trained === undefined) throw signal.reason;

  const info: ModelInfo = { format: 1, input: { name: INPUT, layout: "NCHW", colours: "RGB", size, normalization, cropShare }, output: OUTPUT, classes, backbone: subject.name };
  const model = finishedModel({ network, size }, trained.weights, {
    output: OUTPUT, metadata: metadataOf(dataset.labels, info),
    finish: (graph, logits) => graph.add({ opType: "Softmax", inputs: [logits], dims: logits.dims, attributes: { axis: { int: 1 } } }),
  });
  const metrics = gatherMetrics({
    reports: trained.reports, labels: dataset.labels, trainLabels: train.labels, validationLabels: validation.labels, skipped: [...train.skipped, ...validation.skipped],
    seconds: { features: prepared, head: since(trainingStarted), total: since(started) },
    peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  });
  await writeArtifact(layout.model, { model, labels: dataset.labels, info }, metrics);
  logResult(log, metrics);
}
