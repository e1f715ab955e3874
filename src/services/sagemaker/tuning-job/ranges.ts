import type { ParameterRanges } from "@aws-sdk/client-sagemaker";
import type { Parameter, Scaling } from "../../../decide/tuning/index.ts";
import { errors } from "../errors.ts";

/** https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html */
const MAX_PARAMETERS = 30;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;

/** The ranges of a request as the search has them; throws for what cannot be searched. `at` names the place in the request. */
export function parametersOf(ranges: ParameterRanges | undefined, at: string): readonly Parameter[] {
  const parameters: readonly Parameter[] = [
    ...(ranges?.IntegerParameterRanges ?? []).map((range) => numbers("integer", range)),
    ...(ranges?.ContinuousParameterRanges ?? []).map((range) => numbers("continuous", range)),
    ...(ranges?.CategoricalParameterRanges ?? []).map(({ Name = "", Values = [] }) => categorical(Name, Values)),
  ];
  if (parameters.length === 0) throw errors.invalid(`${at} must have at least one hyperparameter range.`);
  if (parameters.length > MAX_PARAMETERS) throw errors.invalid(`${at} has ${parameters.length} hyperparameter ranges; at most ${MAX_PARAMETERS} can be searched.`);
  const names = parameters.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw errors.invalid(`${at} has more than one range for the hyperparameter ${twice}.`);
  return parameters;
}

function numbers(kind: "integer" | "continuous", range: { readonly Name?: string | undefined; readonly MinValue?: string | undefined; readonly MaxValue?: string | undefined; readonly ScalingType?: string | undefined }): Parameter {
  const { Name: name = "", MinValue = "", MaxValue = "", ScalingType = "Auto" } = range;
  const scaling = ScalingType as Scaling;
  const [min, max] = [MinValue, MaxValue].map((text) => numberOf(kind, name, text)) as [number, number];
  if (min > max) throw errors.invalid(`The range of the hyperparameter ${name} ends before it begins: MinValue ${MinValue} is greater than MaxValue ${MaxValue}.`);
  if (scaling === "Logarithmic" && min <= 0) throw errors.invalid(`The hyperparameter ${name} cannot have ScalingType Logarithmic: MinValue ${MinValue} is not greater than 0.`);
  // https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html: continuous ranges within 0 <= x < 1 only.
  if (scaling === "ReverseLogarithmic" && (kind === "integer" || min < 0 || max >= 1)) {
    throw errors.invalid(`The hyperparameter ${name} cannot have ScalingType ReverseLogarithmic: that is for continuous ranges within 0 <= x < 1.`);
  }
  return { kind, name, min, max, scaling };
}

function numberOf(kind: "integer" | "continuous", name: string, text: string): number {
  const trimmed = text.trim();
  if (!(kind === "integer" ? INTEGER : NUMBER).test(trimmed)) throw errors.invalid(`The range of the hyperparameter ${name} needs ${kind === "integer" ? "an integer" : "a number"}, not '${text}'.`);
  return Number(trimmed);
}

function categorical(name: string, values: readonly string[]): Parameter {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw errors.invalid(`The hyperparameter ${name} has the value '${twice}' more than once.`);
  return { kind: "categorical", name, values };
}
