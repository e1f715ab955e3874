/**
 * The hyperparameters of AWS's algorithm, their ranges and defaults:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/IC-Hyperparameter.html
 */
export type HyperparameterSpec =
  | { readonly kind: "integer"; readonly min: number; readonly fallback?: number; readonly required?: true }
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly fallback: number }
  | { readonly kind: "choice"; readonly values: readonly string[]; readonly fallback?: string }
  | { readonly kind: "text"; readonly pattern: RegExp; readonly fallback?: string };

const share = (fallback: number): HyperparameterSpec => ({ kind: "number", min: 0, max: 1, fallback });
const positive = (fallback?: number): HyperparameterSpec => ({ kind: "integer", min: 1, ...(fallback === undefined ? {} : { fallback }) });
const flag = (fallback: "0" | "1"): HyperparameterSpec => ({ kind: "choice", values: ["0", "1"], fallback });

export const HYPERPARAMETERS = {
  num_classes: { kind: "integer", min: 2, required: true },
  num_training_samples: { kind: "integer", min: 1, required: true },
  augmentation_type: { kind: "choice", values: ["crop", "crop_color", "crop_color_transform"] },
  beta_1: share(0.9),
  beta_2: share(0.999),
  checkpoint_frequency: positive(),
  early_stopping: { kind: "choice", values: ["True", "False", "true", "false"], fallback: "False" },
  early_stopping_min_epochs: positive(10),
  early_stopping_patience: positive(5),
  early_stopping_tolerance: share(0),
  epochs: positive(30),
  eps: share(1e-8),
  gamma: share(0.9),
  image_shape: { kind: "text", pattern: /^\s*\d+\s*,\s*\d+\s*,\s*\d+\s*$/, fallback: "3,224,224" },
  kv_store: { kind: "choice", values: ["dist_sync", "dist_async"] },
  learning_rate: share(0.1),
  lr_scheduler_factor: share(0.1),
  lr_scheduler_step: { kind: "text", pattern: /^\s*\d+\s*(,\s*\d+\s*)*$/ },
  mini_batch_size: positive(32),
  momentum: share(0.9),
  multi_label: flag("0"),
  num_layers: { kind: "choice", values: ["18", "34", "50", "101", "152", "200", "20", "32", "44", "56", "110"], fallback: "152" },
  optimizer: { kind: "choice", values: ["sgd", "adam", "rmsprop", "nag"], fallback: "sgd" },
  precision_dtype: { kind: "choice", values: ["float32", "float16"], fallback: "float32" },
  resize: positive(),
  top_k: { kind: "integer", min: 2 },
  use_pretrained_model: flag("0"),
  use_weighted_loss: flag("0"),
  weight_decay: share(0.0001),
} as const satisfies Readonly<Record<string, HyperparameterSpec>>;

export type HyperparameterName = keyof typeof HYPERPARAMETERS;
