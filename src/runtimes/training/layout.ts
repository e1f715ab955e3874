import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A channel as `inputdataconfig.json` tells of it. */
export interface LayoutChannel {
  readonly name: string;
  readonly contentType: string | undefined;
}

export interface LayoutFacts {
  readonly jobName: string;
  readonly instanceType: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly channels: readonly LayoutChannel[];
}

/** The one host of a job with one instance. */
export const HOST = "algo-1";

/** The documents of `/opt/ml/input/config`. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html */
export async function writeConfiguration(mlFolder: string, facts: LayoutFacts): Promise<void> {
  const config = join(mlFolder, "input/config");
  await mkdir(config, { recursive: true });
  const write = (name: string, document: unknown): Promise<void> => writeFile(join(config, name), JSON.stringify(document));
  await write("hyperparameters.json", facts.hyperparameters);
  await write("resourceconfig.json", resourceConfig(facts.instanceType));
  await write("inputdataconfig.json", inputDataConfig(facts.channels));
}

export const resourceConfig = (instanceType: string): Readonly<Record<string, unknown>> => ({
  current_host: HOST, current_instance_type: instanceType, current_group_name: "homogeneousCluster", hosts: [HOST],
  instance_groups: [{ instance_group_name: "homogeneousCluster", instance_type: instanceType, hosts: [HOST] }],
  network_interface_name: "lo",
});

export const inputDataConfig = (channels: readonly LayoutChannel[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(channels.map(({ name, contentType }) => [name, {
    TrainingInputMode: "File", S3DistributionType: "FullyReplicated", RecordWrapperType: "None",
    ...(contentType !== undefined && { ContentType: contentType }),
  }]));
