export { defineProject, type ProjectDefinition } from "./project/define.ts";
export { createClients, type Clients, type Target } from "./sdk/clients.ts";
export { Estimator, type EstimatorOptions, type FitOptions, type TrainedJob } from "./sdk/estimator.ts";
export type { LogLine } from "./sdk/follow-log.ts";
export { Model, type DeployOptions, type ModelOptions } from "./sdk/model.ts";
export { Predictor } from "./sdk/predictor.ts";
export type { Script } from "./sdk/source-archive.ts";
