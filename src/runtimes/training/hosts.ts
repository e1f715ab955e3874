import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hyperparameters } from "./hyperparameters.ts";
import { groupOf, groupsOf } from "./layout.ts";
import type { TrainingProgram } from "./types.ts";

/** Writes the `/etc/hosts` of a machine in which `algo-1` … `algo-N` are known, and gives its mount. */
export async function writeHosts({ cluster }: TrainingProgram, machineFolder: string): Promise<Readonly<Record<string, string>>> {
  const file = join(machineFolder, "hosts");
  await writeFile(file, ["127.0.0.1 localhost", "::1 localhost ip6-localhost", ...cluster.hosts.map(({ name, address }) => `${address} ${name}`), ""].join("\n"), { mode: 0o644 });
  return { "/etc/hosts": file };
}

/** Both start one process a host and CPU here: `distribution={"torch_distributed": …}` and `{"pytorchddp": …}` of the SageMaker Python SDK. */
const TORCHRUN = ["sagemaker_torch_distributed_enabled", "sagemaker_pytorch_ddp_enabled"];

/** A script is started by torchrun on the hosts that its distribution spans. */
export const wantsTorchrun = (program: TrainingProgram, parameters: Hyperparameters): boolean =>
  TORCHRUN.some((name) => parameters.framework[name] === true) && distributionGroups(program, parameters).includes(groupOf(program).name);

/**
 * What torchrun means by default (nothing is redirected), said of a local rank that is not there: before PyTorch 2 the default
 * fails under Python 3.11, which leaves members of value 0 out when it walks through a Flag (Debian 12 pairs the two).
 */
export const UNREDIRECTED = ["--redirects", "9:1", "--tee", "9:1"] as const;

/** What stands between the interpreter and the script: torchrun's module, as torch_distributed.py of aws/sagemaker-training-toolkit calls it. */
export function torchrunArguments(program: TrainingProgram, parameters: Hyperparameters, { names }: { readonly names: boolean }): readonly string[] {
  const { current, hosts: all } = program.cluster;
  const spanned = distributionHosts(program, parameters);
  const hosts = all.filter(({ name }) => spanned.includes(name));
  const masterPort = program.cluster.groups?.find((group) => group.hosts.includes(hosts[0]?.name ?? ""))?.masterPort ?? program.cluster.masterPort;
  return [
    "-m", "torch.distributed.run",
    ...UNREDIRECTED,
    "--nnodes", String(hosts.length), "--nproc_per_node", "1",
    "--master_addr", (names ? hosts[0]?.name : hosts[0]?.address) ?? "", "--master_port", String(masterPort),
    "--node_rank", String(hosts.findIndex(({ name }) => name === current)),
  ];
}

/** Hyperparameters by which the toolkit knows that there is a distribution: `get_distribution_instance_groups_from_resource_config`. */
const DISTRIBUTIONS = [
  ...TORCHRUN, "sagemaker_mpi_enabled", "sagemaker_parameter_server_enabled", "sagemaker_distributed_dataparallel_enabled",
  "sagemaker_pytorch_xla_multi_worker_enabled", "sagemaker_multi_worker_mirrored_strategy_enabled",
];

const wantsDistribution = ({ framework }: Hyperparameters): boolean => DISTRIBUTIONS.some((name) => framework[name] === true);

/** The groups that a distribution spans: those named, else the host's own when there is a distribution. */
export function distributionGroups(program: TrainingProgram, parameters: Hyperparameters): string[] {
  const named = parameters.framework["sagemaker_distribution_instance_groups"];
  if (Array.isArray(named)) return named.filter((name) => typeof name === "string");
  return wantsDistribution(parameters) ? [groupOf(program).name] : [];
}

export function distributionHosts(program: TrainingProgram, parameters: Hyperparameters): string[] {
  const groups = distributionGroups(program, parameters);
  return groupsOf(program).filter(({ name }) => groups.includes(name)).flatMap(({ hosts }) => hosts);
}
