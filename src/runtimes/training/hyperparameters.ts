import { argumentText, decodeHyperparameter, pythonText, type PythonValue } from "./python-value.ts";

/** Hyperparameters that are the toolkit's own, not the script's: params.py of aws/sagemaker-training-toolkit. */
const TOOLKITS_OWN = new Set([
  "sagemaker_program", "sagemaker_submit_directory", "sagemaker_enable_cloudwatch_metrics", "sagemaker_region", "sagemaker_container_log_level",
  "sagemaker_job_name", "default_user_module_name", "_tuning_objective_metric", "sagemaker_s3_output",
]);
const PREFIX = "sagemaker_";

export interface Hyperparameters {
  /** The script's. */
  readonly own: Readonly<Record<string, PythonValue>>;
  /** `sagemaker_*` that the toolkit hands on: SM_FRAMEWORK_PARAMS. */
  readonly framework: Readonly<Record<string, PythonValue>>;
  readonly program: string | undefined;
  readonly submitDirectory: string | undefined;
  readonly logLevel: PythonValue;
}

/** Splits a job's hyperparameters as the toolkit does. */
export function splitHyperparameters(given: Readonly<Record<string, string>>): Hyperparameters {
  const decoded = Object.entries(given).map(([name, text]) => [name, decodeHyperparameter(text)] as const);
  const find = (name: string): PythonValue | undefined => decoded.find(([key]) => key === name)?.[1];
  const text = (name: string): string | undefined => {
    const value = find(name);
    return value === undefined || value === null ? undefined : pythonText(value);
  };
  return {
    own: Object.fromEntries(decoded.filter(([name]) => !TOOLKITS_OWN.has(name) && !name.startsWith(PREFIX))),
    framework: Object.fromEntries(decoded.filter(([name]) => !TOOLKITS_OWN.has(name) && name.startsWith(PREFIX))),
    program: text("sagemaker_program"),
    submitDirectory: text("sagemaker_submit_directory"),
    logLevel: find("sagemaker_container_log_level") ?? decodeHyperparameter("20"),
  };
}

/** The script's arguments: sorted by name, `--name value`, `-n value` for a name of one letter. */
export const scriptArguments = (own: Hyperparameters["own"]): readonly string[] =>
  Object.keys(own).toSorted().flatMap((name) => [name.length > 1 ? `--${name}` : `-${name}`, argumentText(own[name] ?? null)]);
