import { join } from "node:path";
import { HOST, inputDataConfig, resourceConfig, type LayoutFacts } from "./layout.ts";

/** Hyperparameters that steer the toolkit and are not the script's: the SageMaker SDK sends them with every script. */
const OWN_PREFIX = "sagemaker_";

/** The SageMaker SDK sends every value as JSON; what does not parse is taken as it stands, as the toolkit does. */
export function decodeHyperparameter(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The script's own hyperparameters, decoded. */
export const scriptParameters = (hyperparameters: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(hyperparameters).filter(([name]) => !name.startsWith(OWN_PREFIX)).map(([name, value]) => [name, decodeHyperparameter(value)]));

/** `--name value` in the order of names; one letter takes one hyphen. As `mapping.to_cmd_args` of the public sagemaker-training toolkit. */
export function commandArguments(parameters: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(parameters).toSorted().flatMap((name) => [name.length === 1 ? `-${name}` : `--${name}`, argumentText(parameters[name])]);
}

const argumentText = (value: unknown): string => {
  // Python's str(): what argparse in a user's script was written against.
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === null) return "None";
  return typeof value === "string" ? value : JSON.stringify(value);
};

export interface ScriptFacts extends LayoutFacts {
  /** `/opt/ml` as the script sees it. */
  readonly root: string;
  readonly program: string;
  readonly vcpus: number;
  readonly gpus: number;
}

/** The main variables of the toolkit's contract; lists and objects as JSON. https://github.com/aws/sagemaker-training-toolkit (ENVIRONMENT_VARIABLES.md) */
export function scriptEnvironment(facts: ScriptFacts): Record<string, string> {
  const { root, channels } = facts;
  const parameters = scriptParameters(facts.hyperparameters);
  const args = commandArguments(parameters);
  const channelFolders = Object.fromEntries(channels.map(({ name }) => [name, join(root, "input/data", name)]));
  return {
    SM_MODEL_DIR: join(root, "model"),
    SM_OUTPUT_DIR: join(root, "output"),
    SM_OUTPUT_DATA_DIR: join(root, "output/data"),
    SM_OUTPUT_INTERMEDIATE_DIR: join(root, "output/intermediate"),
    SM_INPUT_DIR: join(root, "input"),
    SM_INPUT_CONFIG_DIR: join(root, "input/config"),
    SM_MODULE_DIR: join(root, "code"),
    SM_MODULE_NAME: facts.program.replace(/\.py$/, ""),
    SM_USER_ENTRY_POINT: facts.program,
    SM_USER_ARGS: JSON.stringify(args),
    SM_CHANNELS: JSON.stringify(channels.map(({ name }) => name)),
    ...Object.fromEntries(Object.entries(channelFolders).map(([name, folder]) => [`SM_CHANNEL_${name.toUpperCase()}`, folder])),
    SM_HPS: JSON.stringify(parameters),
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`SM_HP_${name.toUpperCase()}`, argumentText(value)])),
    SM_HOSTS: JSON.stringify([HOST]),
    SM_CURRENT_HOST: HOST,
    SM_CURRENT_INSTANCE_TYPE: facts.instanceType,
    SM_CURRENT_INSTANCE_GROUP: "homogeneousCluster",
    SM_CURRENT_INSTANCE_GROUP_HOSTS: JSON.stringify([HOST]),
    SM_INSTANCE_GROUPS: JSON.stringify(["homogeneousCluster"]),
    SM_IS_HETERO: "false",
    SM_NETWORK_INTERFACE_NAME: "lo",
    SM_RESOURCE_CONFIG: JSON.stringify(resourceConfig(facts.instanceType)),
    SM_INPUT_DATA_CONFIG: JSON.stringify(inputDataConfig(channels)),
    SM_FRAMEWORK_PARAMS: "{}",
    SM_LOG_LEVEL: "20",
    SM_NUM_CPUS: String(facts.vcpus),
    SM_NUM_GPUS: String(facts.gpus),
    SM_NUM_NEURONS: "0",
    SM_TRAINING_ENV: JSON.stringify({
      hosts: [HOST], current_host: HOST, job_name: facts.jobName, hyperparameters: parameters, channel_input_dirs: channelFolders,
      model_dir: join(root, "model"), output_data_dir: join(root, "output/data"), num_cpus: facts.vcpus, num_gpus: facts.gpus, user_entry_point: facts.program,
    }),
  };
}
