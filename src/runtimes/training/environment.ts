import type { Machine } from "../../machines/index.ts";
import { threadVariables } from "../threads.ts";
import { scriptArguments, type Hyperparameters } from "./hyperparameters.ts";
import { GROUP, hostNames, inputDataConfig, NETWORK_INTERFACE, resourceConfig } from "./layout.ts";
import { decodeHyperparameter, variableText, type PythonValue } from "./python-value.ts";
import type { TrainingProgram } from "./types.ts";

/** What every training program has: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html, and how it reaches the cloud. */
export function jobVariables(program: TrainingProgram, machine: Machine, root: string): Readonly<Record<string, string>> {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: root === "/opt/ml" ? "/tmp" : `${machine.folder}/tmp`,
    TMPDIR: root === "/opt/ml" ? "/tmp" : `${machine.folder}/tmp`,
    TRAINING_JOB_NAME: program.jobName,
    TRAINING_JOB_ARN: program.jobArn,
    AWS_REGION: program.region,
    AWS_DEFAULT_REGION: program.region,
    AWS_ACCESS_KEY_ID: program.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: program.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: program.credentials.sessionToken,
    // Ours: what makes an unchanged SDK client inside the job speak to this cloud.
    AWS_ENDPOINT_URL: program.endpoint,
    // Ours: where the hosts' names do not resolve (no mount namespaces), their addresses are still known.
    ...(program.cluster.hosts.length > 1 ? { SAGEBRUSH_HOST_ADDRESSES: JSON.stringify(Object.fromEntries(program.cluster.hosts.map(({ name, address }) => [name, address]))) } : {}),
    ...threadVariables(machine.limits.vcpus),
    ...(root === "/opt/ml" ? {} : { SAGEBRUSH_ML_ROOT: root, SAGEMAKER_BASE_DIR: root }),
  };
}

/** The `SM_*` variables of script mode: environment.py (`to_env_vars`) of aws/sagemaker-training-toolkit. */
export function scriptVariables(program: TrainingProgram, parameters: Hyperparameters, { root, vcpus, gpus }: { readonly root: string; readonly vcpus: number; readonly gpus: number }): Readonly<Record<string, string>> {
  const plain = (value: unknown): PythonValue => decodeHyperparameter(JSON.stringify(value));
  const entry = parameters.program ?? null;
  const channelFolders = Object.fromEntries(program.channels.map(({ name }) => [name, `${root}/input/data/${name}`]));
  const facts: Record<string, PythonValue> = {
    hosts: hostNames(program),
    current_host: program.cluster.current,
    current_instance_type: program.instanceType,
    current_instance_group: GROUP,
    current_instance_group_hosts: hostNames(program),
    network_interface_name: NETWORK_INTERFACE,
    module_name: entry?.replace(/\.py$/, "") ?? null,
    module_dir: parameters.submitDirectory ?? `${root}/code`,
    log_level: parameters.logLevel,
    framework_module: null,
    resource_config: plain(resourceConfig(program)),
    input_data_config: plain(inputDataConfig(program.channels)),
    output_data_dir: `${root}/output/data`,
    output_dir: `${root}/output`,
    output_intermediate_dir: `${root}/output/intermediate`,
    input_dir: `${root}/input`,
    input_config_dir: `${root}/input/config`,
    model_dir: `${root}/model`,
    num_cpus: plain(Math.max(1, Math.floor(vcpus))),
    num_gpus: plain(gpus),
    is_hetero: false,
    instance_groups: [GROUP],
    instance_groups_dict: plain(Object.fromEntries(resourceConfig(program).instance_groups.map((group) => [group.instance_group_name, group]))),
    distribution_instance_groups: [],
  };
  const variables: Record<string, PythonValue> = {
    ...facts,
    hps: parameters.own,
    user_entry_point: entry,
    framework_params: parameters.framework,
    channels: program.channels.map(({ name }) => name).toSorted(),
    user_args: [...scriptArguments(parameters.own)],
    training_env: {
      ...facts, hyperparameters: parameters.own, user_entry_point: entry, additional_framework_parameters: parameters.framework,
      channel_input_dirs: channelFolders, job_name: program.jobName, is_master: program.cluster.current === hostNames(program)[0], master_hostname: hostNames(program)[0] ?? "",
    },
    ...Object.fromEntries(Object.entries(channelFolders).map(([name, folder]) => [`channel_${name}`, folder])),
    ...Object.fromEntries(Object.entries(parameters.own).map(([name, value]) => [`hp_${name}`, value])),
  };
  return {
    ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`SM_${name.toUpperCase()}`, variableText(value)])),
    CURRENT_HOST: program.cluster.current,
    // The toolkit sets NCCL's; gloo, which CPUs use, would otherwise look for an address by the real host's name.
    NCCL_SOCKET_IFNAME: NETWORK_INTERFACE,
    GLOO_SOCKET_IFNAME: NETWORK_INTERFACE,
    SAGEMAKER_REGION: program.region,
    SAGEMAKER_JOB_NAME: program.jobName,
    PYTHONPATH: `${root}/code`,
    // As in AWS's framework images: a line appears when it is printed, not when a buffer is full.
    PYTHONUNBUFFERED: "TRUE",
    PYTHONDONTWRITEBYTECODE: "1",
  };
}
