import { describe, expect, it } from "vitest";
import { join } from "node:path";
import sharp from "sharp";
import { METRIC_DEFINITIONS } from "../../src/algorithms/image-classification/contract.ts";
import { extractFeatures } from "../../src/algorithms/image-classification/features.ts";
import type { Metrics } from "../../src/algorithms/image-classification/metrics.ts";
import { openBackbone } from "../../src/algorithms/image-classification/network.ts";
import { CLASSES, createJob, list, picture, pictures, type JobOptions } from "./support/job.ts";
import { tinyBackbone } from "./support/tiny-backbone.ts";

const failureOf = async (options: JobOptions): Promise<{ code: number | null; failure: string; log: string }> => {
  await using job = await createJob(options);
  const { code, log } = await job.train();
  return { code, log, failure: code === 0 ? "" : await job.failure() };
};

describe("the training program", () => {
  it("learns to tell three kinds of pictures apart and leaves an artifact", async () => {
    await using job = await createJob();
    const { code, log } = await job.train();
    expect(log).toContain("Using pretrained model for initializing weights and transfer learning.");
    expect(code).toBe(0);
    const metrics = (await job.artifact("metrics.json")) as Metrics;
    expect(metrics.validationAccuracy).toBeGreaterThan(0.9);
    expect(metrics.chance).toEqual({ uniform: 1 / 3, commonest: 1 / 3 });
    expect(metrics.confusion.flat().reduce((a, b) => a + b, 0)).toBe(18);
    expect(metrics.peakMemoryMiB).toBeGreaterThan(30);
    expect(await job.artifact("labels.json")).toEqual(CLASSES);
    expect(await job.artifact("model-info.json")).toMatchObject({ input: { name: "input", size: { height: 32, width: 32 } }, backbone: "tiny.onnx", classes: 3 });
  });
  it("logs each epoch in AWS's form, which the metric definitions read", async () => {
    await using job = await createJob({ hyperparameters: { epochs: "4", top_k: "2" } });
    const { log } = await job.train();
    for (const { Regex } of METRIC_DEFINITIONS) {
      const values = [...log.matchAll(new RegExp(Regex, "g"))].map((match) => Number(match[1]));
      expect(values).toHaveLength(4);
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    expect(log).toMatch(/^\[\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d INFO \d+\] Epoch\[0\] Train-accuracy=[01]\.\d{6}$/m);
    expect(log).toMatch(/Epoch\[3\] Validation-top_k_accuracy_2=[01]\.\d{6}$/m);
    expect(log).toMatch(/Storing the best model with validation accuracy: [01]\.\d{6}$/m);
  });
  it("gives the same model for the same job", async () => {
    await using first = await createJob();
    await using second = await createJob();
    await Promise.all([first.train(), second.train()]);
    const [a, b] = (await Promise.all([first.artifact("metrics.json"), second.artifact("metrics.json")])) as [Metrics, Metrics];
    expect(b.validationLoss).toBe(a.validationLoss);
  });
  it("stops early when nothing improves", async () => {
    const { log } = await failureOf({ hyperparameters: { epochs: "200", early_stopping: "True", early_stopping_min_epochs: "3", early_stopping_patience: "2" } });
    const epochs = [...log.matchAll(/Epoch\[(\d+)\] Validation-accuracy/g)].length;
    expect(epochs).toBeGreaterThanOrEqual(3);
    expect(epochs).toBeLessThan(60);
  });
  it.each(["adam", "rmsprop", "nag"])("trains with %s", async (optimizer) => {
    await using job = await createJob({ hyperparameters: { optimizer, learning_rate: "0.05" } });
    expect((await job.train()).code).toBe(0);
    expect(((await job.artifact("metrics.json")) as Metrics).validationAccuracy).toBeGreaterThan(0.6);
  });
  it("trains with random cuts of the pictures", async () => {
    await using job = await createJob({ hyperparameters: { augmentation_type: "crop" } });
    expect((await job.train()).code).toBe(0);
    expect(((await job.artifact("metrics.json")) as Metrics).validationAccuracy).toBeGreaterThan(0.9);
  });
  it("takes the shipped backbone when the job brings none, at the size it was made for", async () => {
    await using job = await createJob({ channels: { backbone: undefined }, hyperparameters: { image_shape: "3,224,224", num_layers: "18" } });
    const { code, log } = await job.train();
    expect(log).toMatch(/image_shape 3,224,224: pictures are prepared at (\d+)x\1, the size the backbone was made for\./);
    expect(log).toContain("num_layers=18 names a ResNet of AWS's: here the network is the backbone's, whatever its depth.");
    expect(code).toBe(0);
    expect(((await job.artifact("metrics.json")) as Metrics).validationAccuracy).toBeGreaterThan(0.9);
  });
  it("takes a backbone that knows only single pictures of one size", async () => {
    await using job = await createJob({ channels: { backbone: { "one.onnx": tinyBackbone({ batch: 1, side: 24 }) } } });
    const { code, log } = await job.train();
    expect(log).toContain("picture size: 3,24,24");
    expect(code).toBe(0);
    expect(((await job.artifact("metrics.json")) as Metrics).validationAccuracy).toBeGreaterThan(0.9);
  });
});

describe("a stopped job", () => {
  it("ends in order with the best model so far", async () => {
    await using job = await createJob({ hyperparameters: { epochs: "1000000" } });
    const { code, log } = await job.train("Epoch[3] Validation-accuracy");
    expect(log).toContain("Stopping, with the best model so far.");
    expect(code).toBe(0);
    const metrics = (await job.artifact("metrics.json")) as Metrics;
    expect(metrics.epochs).toBeGreaterThanOrEqual(4);
    expect(metrics.epochs).toBeLessThan(10_000);
  });
  it("leaves nothing when it had no model yet", async () => {
    await using job = await createJob();
    const backbone = openBackbone(tinyBackbone({ side: 32 }), "tiny.onnx");
    const options = { backbone, size: backbone.size, cropShare: 1, cuts: 0, seed: 1, threads: 1, signal: AbortSignal.abort(new Error("stopped")) };
    await expect(extractFeatures([join(job.root, "input/data/train/sea/0.jpg")], options)).rejects.toThrow("stopped");
  });
});

describe("bad pictures", () => {
  it("are skipped and named, and counted in the metrics", async () => {
    const { files, list: sound } = await pictures(8, 7);
    const jpeg = await picture("sea", 99);
    const bad = {
      "bad/empty.jpg": new Uint8Array(),
      "bad/text.jpg": "no picture at all",
      "bad/cut.jpg": jpeg.subarray(0, jpeg.length / 2),
      "bad/gray.png": await sharp({ create: { width: 32, height: 32, channels: 3, background: "#777" } }).toColourspace("b-w").png().toBuffer(),
    };
    const lines = [...Object.keys(bad), "bad/absent.jpg", "bad"].map((path, index) => `${900 + index}\t1\t${path}\n`).join("");
    await using job = await createJob({ channels: { train: { ...files, ...bad }, train_lst: { "train.lst": sound + lines } } });
    const { code, log } = await job.train();
    expect(code).toBe(0);
    expect(log).toContain("WARNING");
    expect(log).toContain("Skipped 5 of 30 pictures in train: bad/empty.jpg is empty (0 bytes); bad/text.jpg is neither a JPEG nor a PNG picture; bad/cut.jpg cannot be decoded");
    expect(log).toContain("bad/absent.jpg is not in the channel; bad is a folder, not a picture");
    const { pictures: counted } = (await job.artifact("metrics.json")) as Metrics;
    expect(counted).toMatchObject({ train: 25, validation: 18, skipped: expect.objectContaining({ length: 5 }) as unknown });
  });
  it("fail the job when they leave a class without pictures", async () => {
    const { files } = await pictures(8, 7);
    const train = { ...Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith("wood"))), "wood/0.jpg": "broken" };
    const { code, failure } = await failureOf({ channels: { train } });
    expect(code).toBe(1);
    expect(failure).toBe("ClientError: The class 2 (wood) has no usable picture in the channel train; num_classes=3 needs pictures of each class.");
  });
});

describe("the customer's mistakes end the job with a ClientError", () => {
  it.each<readonly [string, JobOptions, string]>([
    ["a class beyond num_classes", { channels: { train_lst: { "train.lst": list([[3, "sea/0.jpg"]]) } } }, "ClientError: train.lst, line 1: the class 3 does not fit num_classes=3"],
    ["more classes than pictures show", { hyperparameters: { num_classes: "4" } }, "ClientError: The class 3 (3) has no usable picture in the channel train"],
    ["a missing hyperparameter", { hyperparameters: { num_classes: undefined } }, "ClientError: No value(s) were specified for 'num_classes' which are required hyperparameter(s)"],
    ["no validation channel", { channels: { validation: undefined } }, "ClientError: The channel validation is not specified."],
    ["no list", { channels: { train_lst: { "readme.txt": "" } } }, "ClientError: No .lst file was found in"],
    ["a backbone that is none", { channels: { backbone: { "x.onnx": "hello" } } }, "ClientError: The backbone x.onnx cannot be used"],
    ["RecordIO", { config: { "inputdataconfig.json": { train: { ContentType: "application/x-recordio", TrainingInputMode: "File" } } } }, "ClientError: The content type application/x-recordio of the channel train is not supported"],
    ["Pipe mode", { config: { "inputdataconfig.json": { train: { ContentType: "application/x-image", TrainingInputMode: "Pipe" } } } }, "ClientError: The input mode Pipe of the channel train is not supported"],
    ["another shape than the backbone's", { hyperparameters: { image_shape: "3,48,48" }, channels: { backbone: { "b.onnx": tinyBackbone({ side: 32 }) } } }, "ClientError: image_shape=3,48,48 with the backbone b.onnx, which takes only 32x32, is not supported"],
  ])("%s", async (_, options, text) => {
    const { code, failure, log } = await failureOf(options);
    expect(failure).toContain(text);
    expect(log).toContain(`Customer Error: ${text.slice("ClientError: ".length)}`);
    expect(code).toBe(1);
  });
});
