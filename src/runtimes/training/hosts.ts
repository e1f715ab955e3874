import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hyperparameters } from "./hyperparameters.ts";
import type { Cluster, TrainingProgram } from "./types.ts";

/** Writes the `/etc/hosts` of a machine in which `algo-1` … `algo-N` are known, and gives its mount. */
export async function writeHosts({ cluster }: TrainingProgram, machineFolder: string): Promise<Readonly<Record<string, string>>> {
  const file = join(machineFolder, "hosts");
  await writeFile(file, ["127.0.0.1 localhost", "::1 localhost ip6-localhost", ...cluster.hosts.map(({ name, address }) => `${address} ${name}`), ""].join("\n"), { mode: 0o644 });
  return { "/etc/hosts": file };
}

/** Both start one process a host and CPU here: `distribution={"torch_distributed": …}` and `{"pytorchddp": …}` of the SageMaker Python SDK. */
const TORCHRUN = ["sagemaker_torch_distributed_enabled", "sagemaker_pytorch_ddp_enabled"];

export const wantsTorchrun = ({ framework }: Hyperparameters): boolean => TORCHRUN.some((name) => framework[name] === true);

/**
 * What torchrun means by default (nothing is redirected), said of a local rank that is not there: before PyTorch 2 the default
 * fails under Python 3.11, which leaves members of value 0 out when it walks through a Flag (Debian 12 pairs the two).
 */
export const UNREDIRECTED = ["--redirects", "9:1", "--tee", "9:1"] as const;

/** What stands between the interpreter and the script: torchrun's module, as torch_distributed.py of aws/sagemaker-training-toolkit calls it. */
export const torchrunArguments = ({ hosts, current, masterPort }: Cluster, { names }: { readonly names: boolean }): readonly string[] => [
  "-m", "torch.distributed.run",
  ...UNREDIRECTED,
  "--nnodes", String(hosts.length), "--nproc_per_node", "1",
  "--master_addr", (names ? hosts[0]?.name : hosts[0]?.address) ?? "", "--master_port", String(masterPort),
  "--node_rank", String(hosts.findIndex(({ name }) => name === current)),
];

/** Hyperparameters by which the toolkit knows that there is a distribution: `get_distribution_instance_groups_from_resource_config`. */
const DISTRIBUTIONS = [
  ...TORCHRUN, "sagemaker_mpi_enabled", "sagemaker_parameter_server_enabled", "sagemaker_distributed_dataparallel_enabled",
  "sagemaker_pytorch_xla_multi_worker_enabled", "sagemaker_multi_worker_mirrored_strategy_enabled",
];

export const wantsDistribution = ({ framework }: Hyperparameters): boolean => DISTRIBUTIONS.some((name) => framework[name] === true);
