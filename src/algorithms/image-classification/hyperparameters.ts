import { invalidHyperparameter, notSupported } from "./client-error.ts";
import { HYPERPARAMETERS, type HyperparameterName, type HyperparameterSpec } from "./hyperparameter-table.ts";

/** A training job's settings, checked and in TypeScript's own types. */
export interface Hyperparameters {
  readonly numClasses: number;
  readonly numTrainingSamples: number;
  readonly epochs: number;
  readonly miniBatchSize: number;
  readonly learningRate: number;
  /** After these epochs the learning rate is multiplied by the factor. */
  readonly schedule: { readonly epochs: readonly number[]; readonly factor: number };
  readonly optimizer: "sgd" | "adam" | "rmsprop" | "nag";
  readonly momentum: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly gamma: number;
  /** Height and width of what the network sees; undefined for AWS's default, which leaves it to the backbone. */
  readonly imageSize: { readonly height: number; readonly width: number } | undefined;
  /** Share of the shorter side that the cut to the network's shape keeps: AWS's image_shape over resize. */
  readonly cropShare: number;
  readonly earlyStopping: { readonly minEpochs: number; readonly patience: number; readonly tolerance: number } | undefined;
  readonly topK: number | undefined;
  readonly augmentation: "crop" | "crop_color" | "crop_color_transform" | undefined;
  /** Whether a pretrained network is the start (1), or random weights (0, AWS's default). */
  readonly isPretrained: boolean;
  /** Depth of the residual network that is trained whole. */
  readonly depth: number;
  /** Epochs between two checkpoints. */
  readonly checkpointFrequency: number;
}

type Raw = Readonly<Record<string, string>>;

/** 224 of 256, the cut with which ImageNet's classifiers are measured: what matters is seldom at the edge (three points on the example). */
export const DEFAULT_CROP_SHARE = 0.875;

const isName = (name: string): name is HyperparameterName => Object.hasOwn(HYPERPARAMETERS, name);
const specOf = (name: HyperparameterName): HyperparameterSpec => HYPERPARAMETERS[name];

/** Throws, in the words of AWS's algorithms, when the value is outside its type or range. */
function check(name: HyperparameterName, value: string): void {
  const spec = specOf(name);
  if (spec.kind === "choice") {
    if (spec.values.includes(value)) return;
    const allowed = spec.values.map((one) => `'${one}'`).join(", ");
    throw invalidHyperparameter(`The value '${value}' is not valid for the '${name}' hyperparameter which accepts one of the following: ${allowed}`);
  }
  const expected =
    spec.kind === "text" ? `a string which matches the pattern '${spec.pattern.source}'`
    : spec.kind === "integer" ? `an integer greater than or equal to ${spec.min}`
    : `a number between ${spec.min} and ${spec.max}`;
  const valid =
    spec.kind === "text" ? spec.pattern.test(value)
    : spec.kind === "integer" ? /^\d+$/.test(value) && Number(value) >= spec.min
    : value.trim() !== "" && Number(value) >= spec.min && Number(value) <= spec.max;
  if (!valid) throw invalidHyperparameter(`The value '${value}' is not valid for the '${name}' hyperparameter which expects ${expected}`);
}

/** Settings that AWS's algorithm honours and this one does not: named, never ignored. */
function refuseUnsupported(value: (name: HyperparameterName) => string | undefined): void {
  if (value("multi_label") === "1") throw notSupported("multi_label=1", "Give each picture one class and leave multi_label at 0.");
  if (value("precision_dtype") === "float16") throw notSupported("precision_dtype=float16", "Leave precision_dtype at float32.");
}

/** What of the request is done differently here, a sentence each, for the log. */
export function deviations(given: Raw): readonly string[] {
  const notes: string[] = [];
  if (given["num_layers"] !== undefined && given["use_pretrained_model"] === "1") {
    notes.push(`num_layers=${given["num_layers"]} names a ResNet of AWS's: here the network is the backbone's, whatever its depth.`);
  }
  if (given["checkpoint_frequency"] !== undefined && given["use_pretrained_model"] === "1") notes.push("checkpoint_frequency: a head is trained in seconds and keeps no checkpoints; the best epoch is kept.");
  if (given["kv_store"] !== undefined) notes.push("kv_store does not apply to training on a single machine.");
  if (given["use_weighted_loss"] === "1") notes.push("use_weighted_loss is used only when multi_label = 1.");
  return notes;
}

function imageShape(text: string): { readonly height: number; readonly width: number } {
  const [channels = 0, height = 0, width = 0] = text.split(",").map(Number);
  if (channels !== 3) throw notSupported(`image_shape=${text} (${channels} channels)`, "Use 3 channels; gray pictures are turned into three equal ones.");
  if (height < 16 || width < 16) throw invalidHyperparameter(`The value '${text}' is not valid for the 'image_shape' hyperparameter: height and width must be at least 16`);
  return { height, width };
}

/**
 * Checks the strings of `hyperparameters.json`. Throws ClientError with AWS's wording for what is missing, unknown or out of
 * range, and for what this implementation does not do.
 */
export function parseHyperparameters(given: Raw): Hyperparameters {
  const missing = (Object.keys(HYPERPARAMETERS) as HyperparameterName[]).filter((name) => {
    const spec = specOf(name);
    return spec.kind === "integer" && spec.required && given[name] === undefined;
  });
  if (missing.length > 0) {
    throw invalidHyperparameter(`No value(s) were specified for ${missing.map((name) => `'${name}'`).join(", ")} which are required hyperparameter(s)`);
  }
  for (const [name, value] of Object.entries(given)) {
    // Names with an underscore in front are the tuning service's own notes to the algorithm.
    if (name.startsWith("_")) continue;
    if (!isName(name)) throw invalidHyperparameter(`Additional hyperparameters are not allowed ('${name}' was unexpected)`);
    check(name, value);
  }
  const value = (name: HyperparameterName): string | undefined => given[name] ?? specOf(name).fallback?.toString();
  const number = (name: HyperparameterName): number => Number(value(name));
  refuseUnsupported(value);

  const size = imageShape(value("image_shape") ?? "");
  const resize = given["resize"] === undefined ? undefined : number("resize");
  const shorter = Math.min(size.height, size.width);
  if (resize !== undefined && resize < shorter) {
    throw invalidHyperparameter(`The value '${resize}' is not valid for the 'resize' hyperparameter: it must not be smaller than image_shape (${shorter})`);
  }
  if (number("mini_batch_size") > number("num_training_samples")) {
    throw invalidHyperparameter(`The value '${number("mini_batch_size")}' is not valid for the 'mini_batch_size' hyperparameter: it must not be larger than num_training_samples (${number("num_training_samples")})`);
  }
  if (given["top_k"] !== undefined && number("top_k") > number("num_classes")) {
    throw invalidHyperparameter(`The value '${number("top_k")}' is not valid for the 'top_k' hyperparameter: it must not be larger than num_classes (${number("num_classes")})`);
  }
  return {
    numClasses: number("num_classes"),
    numTrainingSamples: number("num_training_samples"),
    epochs: number("epochs"),
    miniBatchSize: number("mini_batch_size"),
    learningRate: number("learning_rate"),
    schedule: { epochs: (value("lr_scheduler_step") ?? "").split(",").filter((text) => text.trim() !== "").map(Number), factor: number("lr_scheduler_factor") },
    optimizer: value("optimizer") as Hyperparameters["optimizer"],
    momentum: number("momentum"),
    weightDecay: number("weight_decay"),
    beta1: number("beta_1"),
    beta2: number("beta_2"),
    epsilon: number("eps"),
    gamma: number("gamma"),
    // AWS's default demands nothing: it is what clients send without thinking, and the backbone knows its size better.
    imageSize: size.height === 224 && size.width === 224 ? undefined : size,
    cropShare: resize === undefined ? DEFAULT_CROP_SHARE : shorter / resize,
    earlyStopping:
      value("early_stopping")?.toLowerCase() === "true"
        ? { minEpochs: number("early_stopping_min_epochs"), patience: number("early_stopping_patience"), tolerance: number("early_stopping_tolerance") }
        : undefined,
    topK: given["top_k"] === undefined ? undefined : number("top_k"),
    augmentation: value("augmentation_type") as Hyperparameters["augmentation"],
    isPretrained: value("use_pretrained_model") === "1",
    depth: number("num_layers"),
    checkpointFrequency: given["checkpoint_frequency"] === undefined ? 1 : number("checkpoint_frequency"),
  };
}
