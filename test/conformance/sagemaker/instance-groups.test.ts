import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { InstanceGroup } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { filesOf } from "./support/archive.ts";
import { jobs, type Jobs } from "./support/job.ts";

/** Leaves what a host knows of its group and its channels. */
const TELLS = `
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
const env = process.env;
const config = (name) => JSON.parse(readFileSync(env.SM_INPUT_CONFIG_DIR + "/" + name + ".json", "utf8"));
const { current_group_name, current_instance_type, instance_groups } = config("resourceconfig");
const files = Object.fromEntries(["shared", "training"].map((name) => [name, existsSync("/opt/ml/input/data/" + name) ? readdirSync("/opt/ml/input/data/" + name).sort() : null]));
writeFileSync(env.SM_MODEL_DIR + "/" + env.SM_CURRENT_HOST, JSON.stringify({
  group: env.SM_CURRENT_INSTANCE_GROUP, type: env.SM_CURRENT_INSTANCE_TYPE, mates: env.SM_CURRENT_INSTANCE_GROUP_HOSTS, groups: env.SM_INSTANCE_GROUPS, hetero: env.SM_IS_HETERO, cpus: env.SM_NUM_CPUS,
  config: { current_group_name, current_instance_type, instance_groups }, channels: Object.keys(config("inputdataconfig")), training: env.SM_CHANNEL_TRAINING ?? null, files,
}));
`;

const GROUPS: InstanceGroup[] = [
  { InstanceGroupName: "readers", InstanceType: "ml.m5.large", InstanceCount: 1 },
  { InstanceGroupName: "learners", InstanceType: "ml.c5.xlarge", InstanceCount: 2 },
];
const inGroups = (InstanceGroups: InstanceGroup[] = GROUPS) => ({ ResourceConfig: { InstanceGroups, VolumeSizeInGB: 10 } });
const channel = (ChannelName: string, change: object) => ({ ChannelName, DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: "s3://jobs/numbers/", ...change } } });

async function artifact({ s3 }: Jobs): Promise<Readonly<Record<string, unknown>>> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "jobs", Key: "out/job-1/output/model.tar.gz" }));
  return Object.fromEntries(Object.entries(await filesOf((await Body?.transformToByteArray()) ?? new Uint8Array())).map(([name, text]) => [name, JSON.parse(text) as unknown]));
}

test("each host is of its group's type, knows the groups, and gets the channels that are for its group", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const job = await jobs(cloud, TELLS);
  for (const name of ["1", "2", "3"]) await job.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: `numbers/${name}`, Body: name }));
  await job.start({ ...inGroups(), InputDataConfig: [channel("shared", {}), channel("training", { InstanceGroupNames: ["learners"], S3DataDistributionType: "ShardedByS3Key" })] });
  const ended = await job.ended();
  expect(ended).toMatchObject({ TrainingJobStatus: "Completed", ResourceConfig: { InstanceGroups: GROUPS } });
  const hosts = await artifact(job);
  const groups = [
    { hosts: ["algo-1"], instance_group_name: "readers", instance_type: "ml.m5.large" },
    { hosts: ["algo-2", "algo-3"], instance_group_name: "learners", instance_type: "ml.c5.xlarge" },
  ];
  const common = { groups: '["readers","learners"]', hetero: "true" };
  const all = ["1", "2", "3"];
  const learner = { ...common, group: "learners", type: "ml.c5.xlarge", mates: '["algo-2","algo-3"]', channels: ["shared", "training"], training: "/opt/ml/input/data/training", config: { current_group_name: "learners", current_instance_type: "ml.c5.xlarge", instance_groups: groups } };
  expect(hosts).toMatchObject({
    "algo-1": { ...common, group: "readers", type: "ml.m5.large", mates: '["algo-1"]', channels: ["shared"], training: null, files: { shared: all, training: null }, config: { current_group_name: "readers", current_instance_type: "ml.m5.large", instance_groups: groups } },
    "algo-2": { ...learner, files: { shared: all, training: ["1", "3"] } },
    "algo-3": { ...learner, files: { shared: all, training: ["2"] } },
  });
});

test("groups that contradict themselves are refused before a job exists, and each type's quota counts", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud({ quotas: "ml.c5.xlarge for training job usage=1" });
  const job = await jobs(cloud, "");
  const [readers, learners] = GROUPS as [InstanceGroup, InstanceGroup];
  await expect(job.start({ ResourceConfig: { InstanceGroups: GROUPS, InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 } })).rejects.toThrow("InstanceGroups stand in place of InstanceType and InstanceCount");
  await expect(job.start(inGroups([readers, readers]))).rejects.toThrow("two InstanceGroups are named readers");
  await expect(job.start(inGroups([{ ...readers, InstanceCount: 0 }]))).rejects.toThrow("the InstanceGroups have no instance");
  await expect(job.start({ ...inGroups(), InputDataConfig: [channel("shared", { InstanceGroupNames: ["others"] })] })).rejects.toThrow("Invalid channel shared: InstanceGroupNames names others");
  await expect(job.start({ InputDataConfig: [channel("shared", { InstanceGroupNames: ["readers"] })] })).rejects.toThrow("InstanceGroupNames names readers");
  await expect(job.start({ ...inGroups(), AlgorithmSpecification: { TrainingImage: "image-classification:1", TrainingInputMode: "File" } })).rejects.toThrow("instance groups of the built-in algorithm");
  await expect(job.start(inGroups([readers, learners]))).rejects.toThrow("The account-level service limit 'ml.c5.xlarge for training job usage' is 1 Instances, with current utilization of 0 Instances and a request delta of 2 Instances.");
  await expect(job.describe()).rejects.toThrow("Requested resource not found.");
});
