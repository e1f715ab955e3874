import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTrainingJobCommand, DescribeTrainingJobCommand, SageMakerClient, StopTrainingJobCommand, waitUntilTrainingJobCompletedOrStopped, type CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import * as tar from "tar";
import { writeFileSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { makeRole } from "../../support/roles.ts";

const WAIT = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 };

async function prepare(cloud: TestCloud, script: string, request: Partial<CreateTrainingJobCommandInput> = {}): Promise<{ sagemaker: SageMakerClient; s3: S3Client; input: CreateTrainingJobCommandInput }> {
  const s3 = new S3Client(cloud.client);
  const sagemaker = new SageMakerClient(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "jobs" }));
  await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/a.txt", Body: "hello" }));
  await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/deep/b.txt", Body: "world" }));
  const folder = mkdtempSync(join(tmpdir(), "source-"));
  writeFileSync(join(folder, "train.mjs"), script);
  await tar.create({ gzip: true, file: join(folder, "source.tar.gz"), cwd: folder }, ["train.mjs"]);
  await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "source.tar.gz", Body: readFileSync(join(folder, "source.tar.gz")) }));
  return {
    s3, sagemaker,
    input: {
      TrainingJobName: "job-1", RoleArn: await makeRole(cloud, { name: "training", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] }),
      AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "File", MetricDefinitions: [{ Name: "loss", Regex: "loss: ([0-9.]+)" }] },
      InputDataConfig: [{ ChannelName: "training", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://jobs/data/" } } }],
      OutputDataConfig: { S3OutputPath: "s3://jobs/out" },
      ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
      HyperParameters: { sagemaker_program: '"train.mjs"', sagemaker_submit_directory: '"s3://jobs/source.tar.gz"', epochs: "3", name: '"tiny"' },
      ...request,
    },
  };
}

const WORKS = `
import { readFileSync, writeFileSync } from "node:fs";
const folder = process.env.SM_CHANNEL_TRAINING;
console.log("loss: 0.5");
console.log("args", process.argv.slice(2).join(" "));
console.log("loss: 0.25");
writeFileSync(process.env.SM_MODEL_DIR + "/model.txt", readFileSync(folder + "/a.txt", "utf8") + " " + readFileSync(folder + "/deep/b.txt", "utf8"));
`;

test("a script job runs through its states, reports its metrics and leaves its artifact", async () => {
  await using cloud = await startCloud();
  const { sagemaker, s3, input } = await prepare(cloud, WORKS);
  const { TrainingJobArn } = await sagemaker.send(new CreateTrainingJobCommand(input));
  expect(TrainingJobArn).toBe("arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1");
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "job-1" });
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "job-1" }));
  expect(job.TrainingJobStatus).toBe("Completed");
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(["Starting", "Downloading", "Training", "Uploading", "Completed"]);
  expect(job.FinalMetricDataList).toMatchObject([{ MetricName: "loss", Value: 0.25 }]);
  expect(job.BillableTimeInSeconds).toBeGreaterThan(0);
  const key = job.ModelArtifacts?.S3ModelArtifacts?.replace("s3://jobs/", "") ?? "";
  expect(key).toBe("out/job-1/output/model.tar.gz");
  const archive = await (await s3.send(new GetObjectCommand({ Bucket: "jobs", Key: key }))).Body?.transformToByteArray();
  const names: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), "artifact-"));
  writeFileSync(join(folder, "model.tar.gz"), archive ?? new Uint8Array());
  await tar.extract({ file: join(folder, "model.tar.gz"), cwd: folder, onReadEntry: (entry) => names.push(entry.path) });
  expect(names).toEqual(["model.txt"]);
  expect(readFileSync(join(folder, "model.txt"), "utf8")).toBe("hello world");
});

test("a script that fails ends its job with its own last words", async () => {
  await using cloud = await startCloud();
  const { sagemaker, input } = await prepare(cloud, "throw new Error('no such learning rate')");
  await sagemaker.send(new CreateTrainingJobCommand(input));
  await expect(waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "job-1" })).rejects.toThrow();
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "job-1" }));
  expect(job.TrainingJobStatus).toBe("Failed");
  expect(job.FailureReason).toContain("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"");
  expect(job.FailureReason).toContain("no such learning rate");
});

test("a script that needs more memory than its type has fails with the reason and a hint", async () => {
  await using cloud = await startCloud();
  const { sagemaker, input } = await prepare(cloud, "const kept = []; for (;;) kept.push(Buffer.alloc(64 * 1024 * 1024, 1));", {
    ResourceConfig: { InstanceType: "ml.t3.medium", InstanceCount: 1, VolumeSizeInGB: 10 },
  });
  await sagemaker.send(new CreateTrainingJobCommand(input));
  await expect(waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "job-1" })).rejects.toThrow();
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "job-1" }));
  expect(job.FailureReason).toMatch(/^ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance\. \(The job reached \d+ MiB, and ml\.t3\.medium has 4096 MiB\. The cheapest type with more is ml\.t3\.large/);
});

test("a stopped job ends as Stopped and keeps its artifact", async () => {
  await using cloud = await startCloud();
  const { sagemaker, input } = await prepare(cloud, "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);");
  await sagemaker.send(new CreateTrainingJobCommand(input));
  await expect.poll(async () => (await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "job-1" }))).SecondaryStatus, { timeout: 20_000 }).toBe("Training");
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "job-1" });
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "job-1" }));
  expect(job).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "Stopped", ModelArtifacts: { S3ModelArtifacts: "s3://jobs/out/job-1/output/model.tar.gz" } });
});

test("what is not there yet is refused by name", async () => {
  await using cloud = await startCloud();
  const { sagemaker, input } = await prepare(cloud, WORKS);
  await expect(sagemaker.send(new CreateTrainingJobCommand({ ...input, EnableManagedSpotTraining: true }))).rejects.toMatchObject({
    name: "ValidationException", message: expect.stringContaining("EnableManagedSpotTraining is not supported by Sagebrush yet") as string,
  });
  await expect(sagemaker.send(new CreateTrainingJobCommand({ ...input, AlgorithmSpecification: { TrainingImage: "tensorflow-training:2", TrainingInputMode: "File" } }))).rejects.toMatchObject({
    message: expect.stringContaining("The image tensorflow-training:2 is not one that Sagebrush can run") as string,
  });
});
