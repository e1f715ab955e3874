import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingProgram } from "./types.ts";

/** The group of a job that has no instance groups. */
export const GROUP = "homogeneousCluster";
/** Deviates from AWS (eth0): machines share the host's network, and this is the interface on which they find one another. */
export const NETWORK_INTERFACE = "lo";

export const hostNames = ({ cluster }: Pick<TrainingProgram, "cluster">): string[] => cluster.hosts.map(({ name }) => name);

interface InstanceGroupFacts {
  readonly name: string;
  readonly instanceType: string;
  readonly hosts: readonly string[];
}

type Placed = Pick<TrainingProgram, "instanceType" | "cluster">;

/** A job without instance groups is one group of all its hosts. */
export const groupsOf = ({ instanceType, cluster }: Placed): readonly InstanceGroupFacts[] => cluster.groups ?? [{ name: GROUP, instanceType, hosts: hostNames({ cluster }) }];

/** The group of the host that the program runs on. */
export function groupOf(placed: Placed): InstanceGroupFacts {
  const group = groupsOf(placed).find(({ hosts }) => hosts.includes(placed.cluster.current));
  if (group === undefined) throw new Error(`host ${placed.cluster.current} is in no instance group`);
  return group;
}

export const resourceConfig = (placed: Placed) => ({
  current_group_name: groupOf(placed).name,
  current_host: placed.cluster.current,
  current_instance_type: placed.instanceType,
  hosts: hostNames(placed),
  instance_groups: groupsOf(placed).map(({ name, instanceType, hosts }) => ({ hosts, instance_group_name: name, instance_type: instanceType })),
  network_interface_name: NETWORK_INTERFACE,
});

export const inputDataConfig = (channels: TrainingProgram["channels"]) =>
  Object.fromEntries(channels.map(({ name, contentType, inputMode = "File", distribution = "FullyReplicated", recordWrapper = "None" }) => [name, {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    // FastFile is told as File, as on AWS: scripts that know one work with the other.
    RecordWrapperType: recordWrapper, S3DistributionType: distribution, TrainingInputMode: inputMode === "FastFile" ? "File" : inputMode,
  }]));

/** Makes the folders and files of https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html */
export async function layOut({ mlFolder, hyperparameters, channels, instanceType, cluster }: TrainingProgram): Promise<void> {
  for (const folder of ["input/config", "input/data", "model", "output/data", "output/intermediate", "code", ...channels.filter(({ inputMode }) => inputMode !== "Pipe").map(({ name }) => `input/data/${name}`)]) {
    await mkdir(join(mlFolder, folder), { recursive: true });
  }
  const files = { hyperparameters, resourceconfig: resourceConfig({ instanceType, cluster }), inputdataconfig: inputDataConfig(channels) };
  for (const [name, content] of Object.entries(files)) await writeFile(join(mlFolder, "input/config", `${name}.json`), JSON.stringify(content));
}
