import type { CreateHyperParameterTuningJobRequest, CreateTrainingJobRequest, HyperParameterTrainingJobDefinition, HyperParameterTuningJobObjective } from "@aws-sdk/client-sagemaker";
import { errors } from "../errors.ts";
import { parametersOf } from "./ranges.ts";
import type { Definition, Objective } from "./tuning-job.ts";

/** The hyperparameter by which the service tells a program what it is tuned for: sagemaker-tensorflow-training-toolkit#38. */
export const OBJECTIVE_HYPERPARAMETER = "_tuning_objective_metric";

/** A definition before its training jobs' log is known to have the objective in it. */
export type Sketch = Omit<Definition, "metricDefinitions">;

/** The request's definitions, one or several, each with its own ranges and objective; throws for what does not fit together. */
export function sketchesOf({ HyperParameterTuningJobConfig: config, TrainingJobDefinition: single, TrainingJobDefinitions: several }: CreateHyperParameterTuningJobRequest): readonly Sketch[] {
  if (single !== undefined && several !== undefined) throw errors.invalid("TrainingJobDefinition and TrainingJobDefinitions cannot both be given.");
  if (single !== undefined) {
    return [sketch(single, {
      ranges: config?.ParameterRanges ?? single.HyperParameterRanges, rangesAt: "HyperParameterTuningJobConfig.ParameterRanges",
      objective: config?.HyperParameterTuningJobObjective ?? single.TuningObjective, objectiveAt: "HyperParameterTuningJobConfig.HyperParameterTuningJobObjective",
    })];
  }
  if (several === undefined || several.length === 0) throw errors.invalid("TrainingJobDefinition or TrainingJobDefinitions must be given.");
  if (config?.ParameterRanges !== undefined) throw errors.invalid("HyperParameterTuningJobConfig.ParameterRanges cannot be given with TrainingJobDefinitions: each definition has its own HyperParameterRanges.");
  if (config?.HyperParameterTuningJobObjective !== undefined) throw errors.invalid("HyperParameterTuningJobConfig.HyperParameterTuningJobObjective cannot be given with TrainingJobDefinitions: each definition has its own TuningObjective.");
  const names = several.map(({ DefinitionName }) => DefinitionName);
  if (names.includes(undefined)) throw errors.invalid("Each of TrainingJobDefinitions must have a DefinitionName.");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw errors.invalid(`DefinitionName ${twice} is given more than once.`);
  const sketches = several.map((definition) => sketch(definition, {
    ranges: definition.HyperParameterRanges, rangesAt: `HyperParameterRanges of ${definition.DefinitionName ?? ""}`,
    objective: definition.TuningObjective, objectiveAt: `TuningObjective of ${definition.DefinitionName ?? ""}`,
  }));
  const directions = new Set(sketches.map(({ objective }) => objective.direction));
  if (directions.size > 1) throw errors.invalid("All TrainingJobDefinitions must have a TuningObjective of the same Type: their training jobs are compared.");
  return sketches;
}

interface Search {
  readonly ranges: HyperParameterTrainingJobDefinition["HyperParameterRanges"];
  readonly rangesAt: string;
  readonly objective: HyperParameterTuningJobObjective | undefined;
  readonly objectiveAt: string;
}

function sketch(definition: HyperParameterTrainingJobDefinition, { ranges, rangesAt, objective: asked, objectiveAt }: Search): Sketch {
  if (asked?.MetricName === undefined || asked.Type === undefined) throw errors.invalid(`${objectiveAt} must be given.`);
  const objective: Objective = { direction: asked.Type, metric: asked.MetricName };
  const parameters = parametersOf(ranges, rangesAt);
  const fixed = definition.StaticHyperParameters ?? {};
  const both = parameters.find(({ name }) => Object.hasOwn(fixed, name));
  if (both !== undefined) throw errors.invalid(`The hyperparameter ${both.name} cannot be both static and tuned.`);
  return { name: definition.DefinitionName ?? "", parameters, objective, request: requestOf(definition, objective) };
}

/** What all training jobs of a definition ask for. */
function requestOf(definition: HyperParameterTrainingJobDefinition, { metric }: Objective): CreateTrainingJobRequest {
  const { DefinitionName: _name, TuningObjective: _objective, HyperParameterRanges: _ranges, StaticHyperParameters, HyperParameterTuningResourceConfig: tuned, ResourceConfig, ...request } = definition;
  return {
    ...request, TrainingJobName: undefined, ResourceConfig: resourcesOf(ResourceConfig, tuned),
    HyperParameters: { ...StaticHyperParameters, [OBJECTIVE_HYPERPARAMETER]: metric },
  };
}

/** Of several instance configurations the first: AWS tries the next ones where capacity lacks, which here is one host's for all. */
function resourcesOf(given: HyperParameterTrainingJobDefinition["ResourceConfig"], tuned: HyperParameterTrainingJobDefinition["HyperParameterTuningResourceConfig"]): CreateTrainingJobRequest["ResourceConfig"] {
  if (given !== undefined && tuned !== undefined) throw errors.invalid("ResourceConfig and HyperParameterTuningResourceConfig cannot both be given.");
  if (tuned === undefined) return given;
  const { InstanceConfigs, AllocationStrategy: _strategy, ...plain } = tuned;
  return { ...plain, ...InstanceConfigs?.[0] } as CreateTrainingJobRequest["ResourceConfig"];
}

/** The request of one training job. Checkpoints have a folder for each: two that shared one would resume from each other. */
export function trainingRequest({ request }: Pick<Definition, "request">, name: string, values: Readonly<Record<string, string>>): CreateTrainingJobRequest {
  const { CheckpointConfig: checkpoints } = request;
  return {
    ...request, TrainingJobName: name, HyperParameters: { ...request.HyperParameters, ...values },
    ...(checkpoints !== undefined && { CheckpointConfig: { ...checkpoints, S3Uri: `${checkpoints.S3Uri?.replace(/\/+$/, "") ?? ""}/${name}` } }),
  };
}
