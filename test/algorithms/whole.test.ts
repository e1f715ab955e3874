import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Metrics } from "../../src/algorithms/image-classification/metrics.ts";
import { loadModel } from "../../src/algorithms/image-classification/served-model.ts";
import { SHIPPED_BACKBONE } from "../../src/algorithms/image-classification/training-input.ts";
import { decodeModel, floatsOf } from "../../src/learn/onnx.ts";
import { CLASSES, createJob, picture, pictures, type Job, type JobOptions } from "./support/job.ts";
import { tinyBackbone } from "./support/tiny-backbone.ts";

const WHOLE = { use_pretrained_model: "0", num_layers: "20", image_shape: "3,32,32", epochs: "6", mini_batch_size: "12", learning_rate: "0.05" };
const whole = (hyperparameters: Readonly<Record<string, string>> = {}, options: Omit<JobOptions, "hyperparameters"> = {}): Promise<Job> =>
  createJob({ ...options, hyperparameters: { ...WHOLE, ...hyperparameters }, channels: { backbone: undefined, ...options.channels } });
const metricsOf = async (job: Job): Promise<Metrics> => (await job.artifact("metrics.json")) as Metrics;

describe("use_pretrained_model=0", () => {
  it("trains a whole residual network and leaves a model that answers", { timeout: 60_000 }, async () => {
    await using job = await whole({ epochs: "10", top_k: "2" });
    const { code, log } = await job.train();
    expect(code).toBe(0);
    expect(log).toContain("use_pretrained_model: 0");
    expect(log).toContain("num_layers: 20");
    expect(log).toMatch(/The first step of 12 pictures took \d+\.\d s: an epoch of 3 takes about \d+ s, 10 epochs \d+ min\./);
    expect(log).toMatch(/Epoch\[9\] Validation-top_k_accuracy_2=[01]\.\d{6}$/m);
    const metrics = await metricsOf(job);
    expect(metrics.validationAccuracy).toBeGreaterThan(0.9);
    const model = await loadModel(join(job.root, "model"), 1);
    for (const [label, name] of CLASSES.entries()) {
      const probabilities = await model.classify(await picture(name, 777));
      expect(probabilities.indexOf(Math.max(...probabilities))).toBe(label);
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1);
    }
  });

  it("gives the same model for the same job, and another one for varied pictures", { timeout: 60_000 }, async () => {
    await using first = await whole({ epochs: "2" });
    await using second = await whole({ epochs: "2" });
    await using varied = await whole({ epochs: "2", augmentation_type: "crop_color_transform" });
    for (const job of [first, second, varied]) expect((await job.train()).code).toBe(0);
    const [a, b, c] = [await metricsOf(first), await metricsOf(second), await metricsOf(varied)];
    expect(b.validationLoss).toBe(a.validationLoss);
    expect(c.validationLoss).not.toBe(a.validationLoss);
  });

  it("goes on from the job's checkpoints to the model that an uninterrupted job ends with", { timeout: 60_000 }, async () => {
    await using uninterrupted = await whole({ epochs: "4" });
    await uninterrupted.train();
    await using job = await whole({ epochs: "2" });
    await mkdir(join(job.root, "checkpoints"));
    expect((await job.train()).code).toBe(0);
    const settings = join(job.root, "input", "config", "hyperparameters.json");
    await writeFile(settings, (await readFile(settings, "utf8")).replace('"epochs":"2"', '"epochs":"4"'));
    const { code, log } = await job.train();
    expect(code).toBe(0);
    expect(log).toContain("Going on after 2 epochs, from the checkpoint in");
    expect(log).not.toContain("Epoch[1] ");
    expect((await metricsOf(job)).validationLoss).toBe((await metricsOf(uninterrupted)).validationLoss);
  });

  it("begins anew beside the checkpoints of another network", { timeout: 60_000 }, async () => {
    await using job = await whole({ epochs: "1" });
    await mkdir(join(job.root, "checkpoints"));
    await job.train();
    const settings = join(job.root, "input", "config", "hyperparameters.json");
    await writeFile(settings, (await readFile(settings, "utf8")).replace('"num_layers":"20"', '"num_layers":"32"'));
    const { code, log } = await job.train();
    expect(code).toBe(0);
    expect(log).not.toContain("Going on");
    expect(log).toContain("Epoch[0] ");
  });

  it("ends in order when it is stopped, with the best model so far", { timeout: 60_000 }, async () => {
    await using job = await whole({ epochs: "100000" });
    const { code } = await job.train("Epoch[1] Validation-accuracy");
    expect(code).toBe(0);
    expect((await metricsOf(job)).epochs).toBeLessThan(100);
  });

  it("leaves bad pictures out, named, and refuses several instances", { timeout: 60_000 }, async () => {
    const { files } = await pictures(12, 1);
    const entries = Object.entries(files);
    await using job = await whole({ epochs: "1" }, { channels: { train: Object.fromEntries(entries.map(([path, content], at) => [path, at === 0 ? "no picture" : content])) } });
    const { code, log } = await job.train();
    expect(code).toBe(0);
    expect(log).toContain(`Skipped 1 of 36 pictures in train: ${entries[0]?.[0] ?? ""} is neither a JPEG nor a PNG picture.`);
    await using hosts = await whole({}, { config: { "resourceconfig.json": { current_host: "algo-1", hosts: ["algo-1", "algo-2"] } } });
    expect((await hosts.train()).code).toBe(1);
    expect(await hosts.failure()).toBe("ClientError: Training a whole network on 2 instances is not supported by this implementation of image-classification. Use one instance; several share the features of a frozen backbone.");
  });
});

describe("all layers of a pretrained network (SAGEBRUSH_TRAINED_LAYERS=all)", () => {
  const all = (options: JobOptions = {}): Promise<Job> => createJob({
    ...options, environment: { SAGEBRUSH_TRAINED_LAYERS: "all", ...options.environment },
    hyperparameters: { epochs: "6", learning_rate: "0.01", mini_batch_size: "12", ...options.hyperparameters },
  });

  it("start where the network came from and change", { timeout: 60_000 }, async () => {
    await using job = await all({ channels: { backbone: undefined }, hyperparameters: { image_shape: "3,64,64", epochs: "3" } });
    const { code, log } = await job.train();
    expect(code).toBe(0);
    expect(log).toContain("backbone: dogs-free-small.onnx (all layers)");
    const metrics = await metricsOf(job);
    expect(metrics.validationAccuracy).toBeGreaterThan(0.9);
    const model = await loadModel(join(job.root, "model"), 1);
    const probabilities = await model.classify(await picture("sea", 31));
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(CLASSES.indexOf("sea"));
    const weights = (bytes: Uint8Array): readonly string[] => decodeModel(bytes).graph.initializer.filter(({ dims }) => dims.length === 4).map((tensor) => floatsOf(tensor).slice(0, 4).join());
    const before = new Set(weights(await readFile(SHIPPED_BACKBONE)));
    expect(weights(await readFile(join(job.root, "model", "model.onnx"))).filter((one) => before.has(one))).toEqual([]);
  });

  it("are refused where they cannot be trained, and another value is an error", { timeout: 60_000 }, async () => {
    await using single = await all({ channels: { backbone: { "one.onnx": tinyBackbone({ batch: 1, side: 24 }) } } });
    expect((await single.train()).code).toBe(1);
    expect(await single.failure()).toContain("Training all layers of the backbone one.onnx, which takes single pictures only, is not supported");
    await using odd = await all({ channels: { backbone: undefined }, hyperparameters: { image_shape: "3,50,50" } });
    expect((await odd.train()).code).toBe(1);
    expect(await odd.failure()).toMatch(/^ClientError: Not all layers of the backbone dogs-free-small\.onnx can be trained: Maps of 7x7 do not part/);
    await using wrong = await all({ environment: { SAGEBRUSH_TRAINED_LAYERS: "some" } });
    expect((await wrong.train()).code).toBe(1);
    expect(await wrong.failure()).toBe("ClientError: The variable SAGEBRUSH_TRAINED_LAYERS is 'some'; it takes 'head' (a new last layer on a frozen network) or 'all' (every layer).");
  });
});
