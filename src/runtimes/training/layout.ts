import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingProgram } from "./types.ts";

/** The host name of a job's only instance. */
export const HOST = "algo-1";
/** The group of a job that has no instance groups. */
export const GROUP = "homogeneousCluster";
/** Deviates from AWS (eth0): machines share the host's network, and this is the interface on which they find one another. */
export const NETWORK_INTERFACE = "lo";

export const resourceConfig = (instanceType: string) => ({
  current_group_name: GROUP,
  current_host: HOST,
  current_instance_type: instanceType,
  hosts: [HOST],
  instance_groups: [{ hosts: [HOST], instance_group_name: GROUP, instance_type: instanceType }],
  network_interface_name: NETWORK_INTERFACE,
});

export const inputDataConfig = (channels: TrainingProgram["channels"]) =>
  Object.fromEntries(channels.map(({ name, contentType }) => [name, {
    ...(contentType === undefined ? {} : { ContentType: contentType }),
    RecordWrapperType: "None", S3DistributionType: "FullyReplicated", TrainingInputMode: "File",
  }]));

/** Makes the folders and files of https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html */
export async function layOut({ mlFolder, hyperparameters, channels, instanceType }: TrainingProgram): Promise<void> {
  for (const folder of ["input/config", "input/data", "model", "output/data", "output/intermediate", "code", ...channels.map(({ name }) => `input/data/${name}`)]) {
    await mkdir(join(mlFolder, folder), { recursive: true });
  }
  const files = { hyperparameters, resourceconfig: resourceConfig(instanceType), inputdataconfig: inputDataConfig(channels) };
  for (const [name, content] of Object.entries(files)) await writeFile(join(mlFolder, "input/config", `${name}.json`), JSON.stringify(content));
}
