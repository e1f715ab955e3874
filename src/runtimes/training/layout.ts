import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingProgram } from "./types.ts";

/** The group of a job that has no instance groups. */
export const GROUP = "homogeneousCluster";
/** Deviates from AWS (eth0): machines share the host's network, and this is the interface on which they find one another. */
export const NETWORK_INTERFACE = "lo";

export const hostNames = ({ cluster }: Pick<TrainingProgram, "cluster">): string[] => cluster.hosts.map(({ name }) => name);

export const resourceConfig = ({ instanceType, cluster }: Pick<TrainingProgram, "instanceType" | "cluster">) => ({
  current_group_name: GROUP,
  current_host: cluster.current,
  current_instance_type: instanceType,
  hosts: hostNames({ cluster }),
  instance_groups: [{ hosts: hostNames({ cluster }), instance_group_name: GROUP, instance_type: instanceType }],
  network_interface_name: NETWORK_INTERFACE,
});

export const inputDataConfig = (channels: TrainingProgram["channels"]) =>
  Object.fromEntries(channels.map(({ name, contentType, inputMode = "File", distribution = "FullyReplicated" }) => [name, {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    RecordWrapperType: "None", S3DistributionType: distribution, TrainingInputMode: inputMode,
  }]));

/** Makes the folders and files of https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html */
export async function layOut({ mlFolder, hyperparameters, channels, instanceType, cluster }: TrainingProgram): Promise<void> {
  for (const folder of ["input/config", "input/data", "model", "output/data", "output/intermediate", "code", ...channels.map(({ name }) => `input/data/${name}`)]) {
    await mkdir(join(mlFolder, folder), { recursive: true });
  }
  const files = { hyperparameters, resourceconfig: resourceConfig({ instanceType, cluster }), inputdataconfig: inputDataConfig(channels) };
  for (const [name, content] of Object.entries(files)) await writeFile(join(mlFolder, "input/config", `${name}.json`), JSON.stringify(content));
}
