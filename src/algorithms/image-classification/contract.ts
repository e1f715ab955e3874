/**
 * What the built-in algorithm `image-classification` promises to those outside its machine, as plain data:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html. Imports nothing, so that the server can read it.
 */

/** Where a channel's pictures or list are expected. */
export const REQUIRED_CHANNELS = ["train", "validation", "train_lst", "validation_lst"] as const;

/** Ours: an ONNX classifier to take the features from. Without it the shipped one is used. */
export const BACKBONE_CHANNEL = "backbone";

export const CONTENT_TYPES = ["application/x-image", "image/jpeg", "image/png"] as const;

/** As MetricDefinitions of a training job; they match the lines that the algorithm logs, in AWS's form. */
export const METRIC_DEFINITIONS = [
  { Name: "train:accuracy", Regex: "Epoch\\[\\d+\\] Train-accuracy=([0-9.]+)" },
  { Name: "validation:accuracy", Regex: "Epoch\\[\\d+\\] Validation-accuracy=([0-9.]+)" },
] as const;

/** Files of the artifact (`model.tar.gz`). */
export const ARTIFACT = {
  model: "model.onnx",
  labels: "labels.json",
  metrics: "metrics.json",
  info: "model-info.json",
} as const;

/** Environment variables that the programs read beside SageMaker's own. */
export const ENVIRONMENT = {
  /** Stands in for `/opt/ml` where a machine has no mounts of its own. */
  root: "SAGEBRUSH_ML_ROOT",
  /** vCPUs of the instance type: the number of threads. */
  vcpus: "SAGEBRUSH_VCPUS",
  /** Of a job on several hosts: their addresses by name, and where they meet on the first one. */
  hostAddresses: "SAGEBRUSH_HOST_ADDRESSES",
  meetingPort: "SAGEBRUSH_MEETING_PORT",
  /** Where Debugger's rules want what written: JSON, of a job that has some. */
  hook: "SAGEBRUSH_HOOK",
  /** `all` trains every layer of the pretrained network, as AWS's algorithm does; `head`, which is meant where nothing is said, a new last layer. */
  trainedLayers: "SAGEBRUSH_TRAINED_LAYERS",
  /** `1` lets the server fetch pictures from private addresses. */
  allowPrivateUrls: "SAGEBRUSH_ALLOW_PRIVATE_URLS",
} as const;
