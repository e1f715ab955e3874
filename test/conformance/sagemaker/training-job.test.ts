import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { CreateTrainingJobCommand, StopTrainingJobCommand, waitUntilTrainingJobCompletedOrStopped, type CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import * as tar from "tar";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { jobs } from "./support/job.ts";

const WAIT = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
const LOSS: Pick<CreateTrainingJobCommandInput, "AlgorithmSpecification"> = {
  AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "File", MetricDefinitions: [{ Name: "loss", Regex: "loss: ([0-9.]+)" }] },
};

const WORKS = `
import { readFileSync, writeFileSync } from "node:fs";
const folder = process.env.SM_CHANNEL_TRAINING;
console.log("loss: 0.5");
console.log("args", process.argv.slice(2).join(" "));
console.log("loss: 0.25");
writeFileSync(process.env.SM_MODEL_DIR + "/model.txt", readFileSync(folder + "/a.txt", "utf8") + " " + readFileSync(folder + "/deep/b.txt", "utf8"));
`;

test("a script job runs through its states, reports its metrics and leaves its artifact", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, s3, input, describe } = await jobs(cloud, WORKS);
  const { TrainingJobArn } = await sagemaker.send(new CreateTrainingJobCommand({ ...input, ...LOSS }));
  expect(TrainingJobArn).toBe("arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1");
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "job-1" });
  const job = await describe();
  expect(job.TrainingJobStatus).toBe("Completed");
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(["Starting", "Downloading", "Training", "Uploading", "Completed"]);
  expect(job.SecondaryStatusTransitions?.every(({ EndTime }) => EndTime !== undefined)).toBe(true);
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

test("a job is described as it was asked for, with AWS's defaults filled in", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { start, ended, input } = await jobs(cloud, WORKS);
  await start({ ...LOSS, StoppingCondition: undefined, Environment: { MODE: "test" }, EnableInterContainerTrafficEncryption: true, DebugHookConfig: { S3OutputPath: "s3://jobs/debug" }, ProfilerConfig: { S3OutputPath: "s3://jobs/profile" }, Tags: [{ Key: "a", Value: "b" }] });
  const job = await ended();
  expect(job).toMatchObject({
    RoleArn: input.RoleArn, HyperParameters: input.HyperParameters, ResourceConfig: input.ResourceConfig, Environment: { MODE: "test" },
    AlgorithmSpecification: { ...LOSS.AlgorithmSpecification, EnableSageMakerMetricsTimeSeries: false },
    InputDataConfig: [{ ChannelName: "training", CompressionType: "None", RecordWrapperType: "None" }],
    OutputDataConfig: { S3OutputPath: "s3://jobs/out", KmsKeyId: "", CompressionType: "GZIP" },
    StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
    EnableNetworkIsolation: false, EnableManagedSpotTraining: false, EnableInterContainerTrafficEncryption: true,
    DebugHookConfig: { S3OutputPath: "s3://jobs/debug" }, ProfilerConfig: { S3OutputPath: "s3://jobs/profile" }, ProfilingStatus: "Enabled",
  });
  expect(job).not.toHaveProperty("Tags");
});

test("a script that fails ends its job with its own last words", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { start, ended } = await jobs(cloud, "throw new Error('no such learning rate')");
  await start();
  const job = await ended();
  expect(job.TrainingJobStatus).toBe("Failed");
  expect(job.FailureReason).toContain("AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"");
  expect(job.FailureReason).toContain("no such learning rate");
  expect(job.SecondaryStatusTransitions?.at(-1)).toMatchObject({ Status: "Failed", StatusMessage: job.FailureReason });
});

test("a script that needs more memory than its type has fails with the reason and a hint", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const { start, ended } = await jobs(cloud, "const kept = []; for (;;) kept.push(Buffer.alloc(64 * 1024 * 1024, 1));");
  await start({ ResourceConfig: { InstanceType: "ml.t3.medium", InstanceCount: 1, VolumeSizeInGB: 10 } });
  expect((await ended()).FailureReason).toMatch(/^ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance\. \(The job reached \d+ MiB, and ml\.t3\.medium has 4096 MiB\. The cheapest type with more is ml\.t3\.large/);
});

test("a stopped job ends as Stopped and keeps its artifact", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, start, untilSecondary, describe } = await jobs(cloud, "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);");
  await start();
  await untilSecondary("Training");
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "job-1" });
  expect(await describe()).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "Stopped", ModelArtifacts: { S3ModelArtifacts: "s3://jobs/out/job-1/output/model.tar.gz" } });
});

test("what is not there yet is refused by name", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { start, input } = await jobs(cloud, WORKS);
  const refusals: readonly (readonly [Parameters<typeof start>[0], string])[] = [
    [{ ExperimentConfig: { TrialName: "trial" } }, "ExperimentConfig with ExperimentName, TrialName or RunName is not supported"],
    [{ VpcConfig: { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] } }, "VpcConfig is not supported"],
    [{ InputDataConfig: input.InputDataConfig?.map((channel) => ({ ...channel, CompressionType: "Gzip" as const })) }, "CompressionType is used only in Pipe input mode."],
    [{ AlgorithmSpecification: { TrainingImage: "tensorflow-training:2", TrainingInputMode: "File" } }, "The image tensorflow-training:2 is not one that Sagebrush can run"],
    [{ AlgorithmSpecification: { TrainingImage: "image-classification:1", TrainingInputMode: "File", MetricDefinitions: [{ Name: "a", Regex: "b" }] } }, "You can't override the metric definitions for Amazon SageMaker algorithms."],
    [{ RoleArn: "arn:aws:iam::111111111111:role/other" }, "RoleArn: Cross-account pass role is not allowed."],
  ];
  for (const [change, text] of refusals) await expect(start(change)).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining(text) as string });
});

test("a server that is lenient goes on without what it cannot do", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud({ lenient: true });
  const { start, ended } = await jobs(cloud, WORKS);
  await start({ VpcConfig: { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] } });
  expect((await ended()).TrainingJobStatus).toBe("Completed");
});
