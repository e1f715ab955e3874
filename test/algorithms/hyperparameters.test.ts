import { describe, expect, it } from "vitest";
import { deviations, parseHyperparameters } from "../../src/algorithms/image-classification/hyperparameters.ts";

const required = { num_classes: "12", num_training_samples: "455", use_pretrained_model: "1" };
const failing = (more: Readonly<Record<string, string>>) => (): unknown => parseHyperparameters({ ...required, ...more });

describe("hyperparameters", () => {
  it("have AWS's defaults", () => {
    expect(parseHyperparameters(required)).toMatchObject({
      numClasses: 12, numTrainingSamples: 455, epochs: 30, miniBatchSize: 32, learningRate: 0.1, optimizer: "sgd", momentum: 0.9, weightDecay: 0.0001,
      beta1: 0.9, beta2: 0.999, epsilon: 1e-8, gamma: 0.9, schedule: { epochs: [], factor: 0.1 }, earlyStopping: undefined, topK: undefined, augmentation: undefined, cropShare: 0.875,
    });
  });
  it("name what is missing", () => {
    expect(() => parseHyperparameters({ use_pretrained_model: "1" })).toThrow(
      "No value(s) were specified for 'num_classes', 'num_training_samples' which are required hyperparameter(s) (caused by ValidationError)",
    );
  });
  it.each([
    [{ epochs: "0" }, "The value '0' is not valid for the 'epochs' hyperparameter which expects an integer greater than or equal to 1 (caused by ValidationError)"],
    [{ epochs: "ten" }, "The value 'ten' is not valid for the 'epochs' hyperparameter"],
    [{ learning_rate: "1.5" }, "The value '1.5' is not valid for the 'learning_rate' hyperparameter which expects a number between 0 and 1"],
    [{ learning_rate: "" }, "The value '' is not valid for the 'learning_rate' hyperparameter"],
    [{ optimizer: "lion" }, "The value 'lion' is not valid for the 'optimizer' hyperparameter which accepts one of the following: 'sgd', 'adam', 'rmsprop', 'nag'"],
    [{ image_shape: "224" }, "The value '224' is not valid for the 'image_shape' hyperparameter"],
    [{ learning_rates: "0.1" }, "Additional hyperparameters are not allowed ('learning_rates' was unexpected)"],
    [{ resize: "100" }, "The value '100' is not valid for the 'resize' hyperparameter"],
    [{ mini_batch_size: "500" }, "The value '500' is not valid for the 'mini_batch_size' hyperparameter"],
    [{ top_k: "13" }, "The value '13' is not valid for the 'top_k' hyperparameter"],
    [{ lr_scheduler_step: "10;20" }, "The value '10;20' is not valid for the 'lr_scheduler_step' hyperparameter"],
  ])("refuse %j in AWS's words", (given, text) => {
    expect(failing(given as Readonly<Record<string, string>>)).toThrow(text);
  });
  it.each([
    [{ multi_label: "1" }, "multi_label=1"],
    [{ precision_dtype: "float16" }, "precision_dtype=float16"],
    [{ image_shape: "1,28,28" }, "image_shape=1,28,28 (1 channels)"],
  ])("refuse by name what is not done here: %j", (given, name) => {
    expect(failing(given as Readonly<Record<string, string>>)).toThrow(`${name} `);
    expect(failing(given as Readonly<Record<string, string>>)).toThrow("is not supported by this implementation of image-classification");
  });
  it("are AWS's where nothing is said: random weights, 152 layers, a checkpoint after every epoch", () => {
    expect(parseHyperparameters({ num_classes: "2", num_training_samples: "40" })).toMatchObject({ isPretrained: false, depth: 152, checkpointFrequency: 1, augmentation: undefined });
    expect(parseHyperparameters({ ...required, num_layers: "20", checkpoint_frequency: "3", augmentation_type: "crop_color" })).toMatchObject({ depth: 20, checkpointFrequency: 3, augmentation: "crop_color" });
  });
  it("accept AWS's default picture shape as no demand, and honour another", () => {
    expect(parseHyperparameters({ ...required, image_shape: "3,224,224" }).imageSize).toBeUndefined();
    expect(parseHyperparameters({ ...required, image_shape: "3, 96,128" }).imageSize).toEqual({ height: 96, width: 128 });
  });
  it("read schedules, early stopping and cuts", () => {
    const given = { lr_scheduler_step: "10, 20", lr_scheduler_factor: "0.5", early_stopping: "True", early_stopping_patience: "3", resize: "280" };
    expect(parseHyperparameters({ ...required, ...given })).toMatchObject({
      schedule: { epochs: [10, 20], factor: 0.5 }, earlyStopping: { minEpochs: 10, patience: 3, tolerance: 0 }, cropShare: 0.8,
    });
  });
  it("let the tuning service's own notes pass", () => {
    expect(failing({ _tuning_objective_metric: "validation:accuracy" })).not.toThrow();
  });
  it("say what is done differently, only when it was asked for", () => {
    expect(deviations(required)).toEqual([]);
    expect(deviations({ ...required, num_layers: "18" })).toEqual([expect.stringContaining("num_layers=18 names a ResNet of AWS's")]);
  });
});
