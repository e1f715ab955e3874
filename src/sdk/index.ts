// The package's entry "sagebrush/sdk". Not part of "sagebrush": project files are checked without the AWS SDK's types, which need Node's.
export { createClients, type Clients, type Target } from "./clients.ts";
export { Estimator, type EstimatorOptions, type FitOptions, type Inputs, type TrainedJob } from "./estimator.ts";
export type { ProgressTerminal } from "./fit-progress.ts";
export { categorical, continuous, HyperparameterTuner, integer, type ParameterRange, type Trial, type TunedJob, type TunerOptions, type TuneOptions } from "./tuner.ts";
export type { LogLine } from "./follow-log.ts";
export { interruptTrainingJob } from "./interrupt.ts";
export { Model, type DeployOptions, type ModelOptions } from "./model.ts";
export { Predictor } from "./predictor.ts";
export type { Script } from "./source-archive.ts";
