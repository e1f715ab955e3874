import { scriptArguments, type Hyperparameters } from "./hyperparameters.ts";
import { distributionGroups, distributionHosts } from "./hosts.ts";
import { groupOf, groupsOf, hostNames, inputDataConfig, NETWORK_INTERFACE, resourceConfig } from "./layout.ts";
import { decodeHyperparameter, variableText, type PythonValue } from "./python-value.ts";
import type { TrainingProgram } from "./types.ts";

export interface ScriptPlace {
  /** What the program knows as `/opt/ml`. */
  readonly root: string;
  readonly vcpus: number;
  readonly gpus: number;
}

const plain = (value: unknown): PythonValue => decodeHyperparameter(JSON.stringify(value));

/** The `SM_*` variables of script mode: `Environment.to_env_vars` of aws/sagemaker-training-toolkit, held against it by `test/goldens/training-toolkit`. */
export function toolkitVariables(program: TrainingProgram, parameters: Hyperparameters, place: ScriptPlace): Readonly<Record<string, string>> {
  const { root } = place;
  const facts = toolkitFacts(program, parameters, place);
  const folders = Object.fromEntries(program.channels.map(({ name }) => [name, `${root}/input/data/${name}`]));
  const variables: Record<string, PythonValue> = {
    ...facts,
    hps: parameters.own,
    framework_params: parameters.framework,
    channels: Object.keys(folders).toSorted(),
    user_args: [...scriptArguments(parameters.own)],
    training_env: { ...facts, ...onlyInTrainingEnv(program, parameters), hyperparameters: parameters.own, additional_framework_parameters: parameters.framework, channel_input_dirs: folders },
    ...Object.fromEntries(Object.entries(folders).map(([name, folder]) => [`channel_${name}`, folder])),
    ...Object.fromEntries(Object.entries(parameters.own).map(([name, value]) => [`hp_${name}`, value])),
  };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`SM_${name.toUpperCase()}`, variableText(value)]));
}

/** What stands both in variables of its own and in SM_TRAINING_ENV. */
function toolkitFacts(program: TrainingProgram, parameters: Hyperparameters, { root, vcpus, gpus }: ScriptPlace): Record<string, PythonValue> {
  const group = groupOf(program);
  return {
    hosts: hostNames(program),
    current_host: program.cluster.current,
    current_instance_type: program.instanceType,
    current_instance_group: group.name,
    current_instance_group_hosts: plain(group.hosts),
    instance_groups: groupsOf(program).map(({ name }) => name),
    instance_groups_dict: plain(Object.fromEntries(resourceConfig(program).instance_groups.map((each) => [each.instance_group_name, each]))),
    distribution_instance_groups: distributionGroups(program, parameters),
    is_hetero: groupsOf(program).length > 1,
    network_interface_name: NETWORK_INTERFACE,
    resource_config: plain(resourceConfig(program)),
    input_data_config: plain(inputDataConfig(program.channels)),
    user_entry_point: parameters.program ?? null,
    // The toolkit writes the absent one as Python does.
    module_name: parameters.program?.replace(/\.py$/, "") ?? "None",
    module_dir: parameters.submitDirectory ?? `${root}/code`,
    log_level: parameters.logLevel,
    framework_module: null,
    output_data_dir: `${root}/output/data`,
    output_dir: `${root}/output`,
    output_intermediate_dir: `${root}/output/intermediate`,
    input_dir: `${root}/input`,
    input_config_dir: `${root}/input/config`,
    model_dir: `${root}/model`,
    num_cpus: plain(Math.max(1, Math.floor(vcpus))),
    num_gpus: plain(gpus),
    num_neurons: plain(0),
  };
}

function onlyInTrainingEnv(program: TrainingProgram, parameters: Hyperparameters): Record<string, PythonValue> {
  const hosts = distributionHosts(program, parameters);
  const master = hosts[0] ?? hostNames(program)[0] ?? "";
  return {
    distribution_hosts: hosts, master_hostname: master, is_master: program.cluster.current === master, job_name: program.jobName,
    is_modelparallel_enabled: null, is_smddpmprun_installed: false, is_smddprun_installed: false, topology: [],
  };
}

/** What a script has beside what every program has. */
export const scriptVariables = (program: TrainingProgram, parameters: Hyperparameters, place: ScriptPlace): Readonly<Record<string, string>> => ({
  ...toolkitVariables(program, parameters, place),
  CURRENT_HOST: program.cluster.current,
  // The toolkit sets NCCL's; gloo, which CPUs use, would otherwise look for an address by the real host's name.
  NCCL_SOCKET_IFNAME: NETWORK_INTERFACE,
  GLOO_SOCKET_IFNAME: NETWORK_INTERFACE,
  SAGEMAKER_REGION: program.region,
  SAGEMAKER_JOB_NAME: program.jobName,
  PYTHONPATH: `${place.root}/code`,
  // As in AWS's framework images: a line appears when it is printed, not when a buffer is full.
  PYTHONUNBUFFERED: "TRUE",
  PYTHONDONTWRITEBYTECODE: "1",
});
