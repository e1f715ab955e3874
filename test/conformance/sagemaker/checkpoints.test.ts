import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { jobs, type Jobs } from "./support/job.ts";

/** Goes on from the epoch that its checkpoint names, one further each time it runs; fails at the epoch that it is told. */
const SCRIPT = `
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
const folder = process.env.CHECKPOINTS ?? "/opt/ml/checkpoints";
const epoch = existsSync(folder + "/deep/epoch.txt") ? Number(readFileSync(folder + "/deep/epoch.txt", "utf8")) + 1 : 1;
mkdirSync(folder + "/deep", { recursive: true });
writeFileSync(folder + "/deep/epoch.txt", String(epoch));
if (!existsSync(folder + "/secret")) symlinkSync("/etc/hostname", folder + "/secret");
console.log("epoch=" + epoch + ";");
if (process.env.SM_HP_WAIT) setInterval(() => {}, 1000);
if (process.env.SM_HP_FAIL) process.exit(1);
`;

const read = async ({ s3 }: Jobs, Key: string): Promise<string | undefined> => (await s3.send(new GetObjectCommand({ Bucket: "jobs", Key }))).Body?.transformToString();
const config = { CheckpointConfig: { S3Uri: "s3://jobs/checkpoints/dogs" } };

test("a job goes on from the checkpoints that one before it left, also one that failed", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, SCRIPT);
  const metrics = { AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "File" as const, MetricDefinitions: [{ Name: "epoch", Regex: "epoch=([0-9]+);" }] } };
  await all.start({ TrainingJobName: "first", ...config, ...metrics, HyperParameters: { ...all.input.HyperParameters, fail: "1" } });
  expect(await all.ended("first")).toMatchObject({ TrainingJobStatus: "Failed" });
  expect(await read(all, "checkpoints/dogs/deep/epoch.txt")).toBe("1");
  await all.start({ TrainingJobName: "second", ...config, ...metrics });
  expect(await all.ended("second")).toMatchObject({ TrainingJobStatus: "Completed", FinalMetricDataList: [{ Value: 2 }], CheckpointConfig: config.CheckpointConfig });
  expect(await read(all, "checkpoints/dogs/deep/epoch.txt")).toBe("2");
  // What a link names is not the job's to publish.
  await expect(read(all, "checkpoints/dogs/secret")).rejects.toMatchObject({ name: "NoSuchKey" });
});

test("checkpoints reach S3 while the job runs; another local path below /opt/ml, and none elsewhere", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, SCRIPT);
  await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "kept/deep/epoch.txt", Body: "7" }));
  await all.start({ CheckpointConfig: { S3Uri: "s3://jobs/kept", LocalPath: "/opt/ml/mine" }, Environment: { CHECKPOINTS: "/opt/ml/mine" }, HyperParameters: { ...all.input.HyperParameters, wait: "1" } });
  await expect.poll(() => read(all, "kept/deep/epoch.txt"), { timeout: 20_000, interval: 200 }).toBe("8");
  expect((await all.describe()).TrainingJobStatus).toBe("InProgress");
  await expect(all.start({ TrainingJobName: "elsewhere", CheckpointConfig: { S3Uri: "s3://jobs/kept", LocalPath: "/tmp/mine" } })).rejects.toMatchObject({ message: expect.stringMatching(/^CheckpointConfig\.LocalPath is not supported by Sagebrush yet/) as unknown });
  await expect(all.start({ TrainingJobName: "bad", CheckpointConfig: { S3Uri: "https://jobs/kept" } })).rejects.toMatchObject({ name: "ValidationException" });
});
