import type { CreateHyperParameterTuningJobRequest, CreateTrainingJobRequest, HyperParameterTrainingJobDefinition } from "@aws-sdk/client-sagemaker";
import type { Creation } from "../access.ts";
import { trainingConditions } from "../training-job/conditions.ts";

const definitionsOf = ({ TrainingJobDefinition, TrainingJobDefinitions = [] }: CreateHyperParameterTuningJobRequest): readonly HyperParameterTrainingJobDefinition[] =>
  [...(TrainingJobDefinition === undefined ? [] : [TrainingJobDefinition]), ...TrainingJobDefinitions];

/** The roles that the definitions name, each once. */
export const rolesOf = (input: CreateHyperParameterTuningJobRequest): readonly string[] => [...new Set(definitionsOf(input).flatMap(({ RoleArn }) => RoleArn ?? []))];

/**
 * The condition keys of CreateHyperParameterTuningJob: those of the training jobs that it asks for, the values of several definitions together.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function tuningConditions(input: CreateHyperParameterTuningJobRequest): NonNullable<Creation["conditions"]> {
  const together: Record<string, string | readonly string[]> = {};
  for (const definition of definitionsOf(input)) {
    const { InstanceConfigs, ...tuned } = definition.HyperParameterTuningResourceConfig ?? {};
    const resources = definition.ResourceConfig ?? (tuned as CreateTrainingJobRequest["ResourceConfig"]);
    for (const [key, value] of Object.entries(trainingConditions({ ...definition, ResourceConfig: resources } as Parameters<typeof trainingConditions>[0]))) {
      if (value !== undefined) together[key] = joined(together[key], value);
    }
    if (InstanceConfigs !== undefined) together["sagemaker:InstanceTypes"] = joined(together["sagemaker:InstanceTypes"], InstanceConfigs.flatMap(({ InstanceType }) => InstanceType ?? []));
  }
  return together;
}

type Value = string | readonly string[];

/** One value stays one; different ones are a list. */
function joined(before: Value | undefined, value: Value): Value {
  if (before === undefined || before === value) return value;
  return [...new Set([before, value].flat())];
}
