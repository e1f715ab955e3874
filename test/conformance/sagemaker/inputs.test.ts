import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { Channel, S3DataSource } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { filesOf } from "./support/archive.ts";
import { jobs, type Jobs } from "./support/job.ts";

/** Leaves the names of a channel's files, and what its configuration says of it, in a file for each host. */
const SCRIPT = `
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
const folder = process.env.SM_CHANNEL_TRAINING;
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => (entry.parentPath + "/" + entry.name).slice(folder.length + 1)).sort();
const { training } = JSON.parse(readFileSync(process.env.SM_INPUT_CONFIG_DIR + "/inputdataconfig.json", "utf8"));
writeFileSync(process.env.SM_MODEL_DIR + "/" + process.env.SM_CURRENT_HOST, JSON.stringify({ files, mode: training.TrainingInputMode, distribution: training.S3DistributionType }));
`;

interface Seen {
  readonly files: readonly string[];
  readonly mode: string;
  readonly distribution: string;
}

async function run(all: Jobs, name: string, { source = {}, channel = {}, hosts = 1 }: { readonly source?: Partial<S3DataSource>; readonly channel?: Partial<Channel>; readonly hosts?: number }): Promise<readonly Seen[]> {
  await all.start({
    TrainingJobName: name, ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: hosts, VolumeSizeInGB: 10 },
    InputDataConfig: [{ ChannelName: "training", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://jobs/numbers/", ...source } }, ...channel }],
  });
  const job = await all.ended(name);
  if (job.TrainingJobStatus !== "Completed") throw new Error(job.FailureReason);
  const { Body } = await all.s3.send(new GetObjectCommand({ Bucket: "jobs", Key: `out/${name}/output/model.tar.gz` }));
  const files = await filesOf((await Body?.transformToByteArray()) ?? new Uint8Array());
  return Object.keys(files).toSorted().map((host) => JSON.parse(files[host] ?? "") as Seen);
}

async function numbers(all: Jobs): Promise<void> {
  for (const name of ["1", "2", "3", "4", "deep/5"]) await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: `numbers/${name}`, Body: name }));
}

test("ShardedByS3Key divides the objects among hosts, shuffled by a seed where that is asked for; FastFile shows the same files", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, SCRIPT);
  await numbers(all);
  const divided = await run(all, "divided", { source: { S3DataDistributionType: "ShardedByS3Key" }, channel: { InputMode: "FastFile" }, hosts: 2 });
  expect(divided).toEqual([
    { files: ["1", "3", "deep/5"], mode: "File", distribution: "ShardedByS3Key" },
    { files: ["2", "4"], mode: "File", distribution: "ShardedByS3Key" },
  ]);
  const shuffled = async (name: string, seed: number): Promise<readonly (readonly string[])[]> =>
    (await run(all, name, { source: { S3DataDistributionType: "ShardedByS3Key" }, channel: { ShuffleConfig: { Seed: seed } }, hosts: 2 })).map(({ files }) => files);
  const once = await shuffled("shuffled-1", 7);
  expect(once.flat().toSorted()).toEqual(["1", "2", "3", "4", "deep/5"]);
  expect(once).not.toEqual(divided.map(({ files }) => files));
  expect(await shuffled("shuffled-2", 7)).toEqual(once);
});

test("a manifest names the objects; one that is no manifest, or that leads out of the channel, fails the job", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, SCRIPT);
  await numbers(all);
  const put = async (Key: string, content: unknown) => void (await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key, Body: JSON.stringify(content) })));
  await put("some.manifest", [{ prefix: "s3://jobs/numbers/" }, "2", "deep/5"]);
  await put("wrong.manifest", { prefix: "s3://jobs/numbers/" });
  await put("out.manifest", [{ prefix: "s3://jobs/numbers" }, "/../../../etc/passwd"]);
  await put("gone.manifest", [{ prefix: "s3://jobs/numbers/" }, "6"]);
  const manifest = (name: string) => ({ source: { S3DataType: "ManifestFile" as const, S3Uri: `s3://jobs/${name}.manifest` } });
  expect((await run(all, "some", manifest("some")))[0]?.files).toEqual(["2", "deep/5"]);
  await expect(run(all, "wrong", manifest("wrong"))).rejects.toThrow(/^ClientError: Data download failed:Failed to download data\. The manifest s3:\/\/jobs\/wrong\.manifest is not a list/);
  await expect(run(all, "out", manifest("out"))).rejects.toThrow(/does not name a file inside the channel/);
  await expect(run(all, "gone", manifest("gone"))).rejects.toThrow(/The specified key does not exist/);
});
