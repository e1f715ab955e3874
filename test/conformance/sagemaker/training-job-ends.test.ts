import { setTimeout as pause } from "node:timers/promises";
import { CloudWatchLogsClient, DescribeLogStreamsCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTrainingJobCommand, DeleteTrainingJobCommand, StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DeleteRolePolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { allowRole } from "../../support/roles.ts";
import { jobs } from "./support/job.ts";

const QUICK = "console.log('done');";
const PATIENT = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);";
const SAVES = `
import { writeFileSync } from "node:fs";
process.on("SIGTERM", () => { writeFileSync(process.env.SM_MODEL_DIR + "/saved.txt", "in time"); process.exit(0); });
console.log("running");
setInterval(() => {}, 1000);
`;

test("a job over its MaxRuntimeInSeconds ends as Stopped with the artifact that it saved in its 120 s", { timeout: 40_000 }, async () => {
  await using cloud = await startCloud();
  const { start, untilSecondary, ended, s3 } = await jobs(cloud, SAVES);
  await start({ StoppingCondition: { MaxRuntimeInSeconds: 240 } });
  await untilSecondary("Training");
  await expect.poll(async () => (await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs" })).catch(() => ({ events: [] }))).events?.length, { timeout: 10_000 }).toBeGreaterThan(0);
  cloud.clock.advance(240_000);
  const job = await ended();
  expect(job).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "MaxRuntimeExceeded", ModelArtifacts: { S3ModelArtifacts: "s3://jobs/out/job-1/output/model.tar.gz" } });
  expect(job.FailureReason).toBeUndefined();
  expect(job.BillableTimeInSeconds).toBeGreaterThanOrEqual(240);
  expect((await s3.send(new HeadObjectCommand({ Bucket: "jobs", Key: "out/job-1/output/model.tar.gz" }))).ContentLength).toBeGreaterThan(50);
});

test("a job without room waits as Pending, and ends with CapacityError when there is none in time", { timeout: 30_000 }, async () => {
  // Less than what the host has in use already: nothing can be placed, and something might be later.
  await using cloud = await startCloud({}, { capacity: { memoryMiB: 1024 } });
  const { start, untilSecondary, ended } = await jobs(cloud, QUICK);
  await start();
  const waiting = await untilSecondary("Pending");
  expect(waiting.SecondaryStatusTransitions?.at(-1)?.StatusMessage).toContain("in use");
  cloud.clock.advance(900_000);
  const job = await ended();
  expect(job.TrainingJobStatus).toBe("Failed");
  expect(job.FailureReason).toContain("CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.");
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(["Starting", "Pending", "Failed"]);
  expect(job.BillableTimeInSeconds).toBeUndefined();
});

test("a job that waits can be stopped, and is gone when deleted; its name is free again", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud({}, { capacity: { memoryMiB: 1024 } });
  const { sagemaker, start, untilSecondary, ended, describe } = await jobs(cloud, QUICK);
  await start();
  await untilSecondary("Pending");
  await expect(sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: "job-1" }))).rejects.toMatchObject({ name: "ResourceInUse" });
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
  expect(await ended()).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "Stopped" });
  await expect(sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }))).rejects.toMatchObject({ name: "ValidationException", message: "The request was rejected because the training job is in status Stopped." });
  await expect(start({ TrainingJobName: "JOB-1" })).rejects.toMatchObject({ name: "ResourceInUse", message: expect.stringContaining("Training job names must be unique within an AWS account and region") as string });
  await sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: "job-1" }));
  await expect(describe()).rejects.toMatchObject({ name: "ValidationException", message: "Requested resource not found." });
  await expect(sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: "job-1" }))).rejects.toMatchObject({ name: "ResourceNotFound" });
  await start();
});

test("a job can be stopped and deleted and its name used again while nothing of the old one is left", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, start, untilSecondary, ended } = await jobs(cloud, PATIENT);
  for (let round = 0; round < 2; round += 1) {
    await start();
    await untilSecondary("Training");
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
    expect((await ended()).TrainingJobStatus).toBe("Stopped");
    await sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: "job-1" }));
  }
});

test("a role that may not write logs costs the log, not the job", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { start, ended } = await jobs(cloud, QUICK, { actions: ["s3:*"] });
  await start();
  expect((await ended()).TrainingJobStatus).toBe("Completed");
  await expect(new CloudWatchLogsClient(cloud.client).send(new DescribeLogStreamsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs" }))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("a role that may list but not read fails its job with the download's error", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { start, ended } = await jobs(cloud, QUICK, { actions: ["s3:ListBucket", "logs:*"] });
  await start();
  const job = await ended();
  expect(job.TrainingJobStatus).toBe("Failed");
  expect(job.FailureReason).toMatch(/^ClientError: Data download failed:Failed to download data\. .*not authorized to perform: s3:GetObject on resource: "?arn:aws:s3:::jobs\/data\//);
});

test("a role that may read but not write fails its job with the upload's error", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { start, ended } = await jobs(cloud, QUICK, { actions: ["s3:ListBucket", "s3:GetObject", "logs:*"] });
  await start();
  expect((await ended()).FailureReason).toMatch(/^ClientError: Artifact upload failed:/);
});

test("what a job may not be is refused before anything is stored", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, s3, input, describe } = await jobs(cloud, QUICK);
  const create = (change: object) => sagemaker.send(new CreateTrainingJobCommand({ ...input, ...change }));
  await expect(create({ ResourceConfig: { ...input.ResourceConfig, InstanceType: "ml.m4.xlarge" } })).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining("The instance type ml.m4.xlarge is not known to Sagebrush for training") as string });
  await expect(create({ ResourceConfig: { ...input.ResourceConfig, InstanceType: "ml.t2.medium" } })).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining("enum") as string });
  await expect(create({ RoleArn: "arn:aws:iam::000000000000:role/nobody" })).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining("Could not assume role arn:aws:iam::000000000000:role/nobody") as string });
  await expect(create({ StoppingCondition: { MaxRuntimeInSeconds: 10, MaxWaitTimeInSeconds: 20 } })).rejects.toMatchObject({ message: "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true" });
  await expect(create({ OutputDataConfig: { S3OutputPath: "s3://jobs/out", KmsKeyId: "alias/mine" } })).rejects.toMatchObject({ message: expect.stringContaining("OutputDataConfig.KmsKeyId is not supported by Sagebrush yet") as string });
  await s3.send(new DeleteObjectCommand({ Bucket: "jobs", Key: "data/a.txt" }));
  await s3.send(new DeleteObjectCommand({ Bucket: "jobs", Key: "data/deep/b.txt" }));
  await expect(create({})).rejects.toMatchObject({ message: expect.stringContaining('No S3 objects found under S3 URL "s3://jobs/data/" given in input data source.') as string });
  await new IAMClient(cloud.client).send(new DeleteRolePolicyCommand({ RoleName: "training", PolicyName: "allowed" }));
  await expect(create({})).rejects.toMatchObject({ message: expect.stringContaining('has "s3:ListBucket" permissions on bucket "jobs"') as string });
  await expect(describe()).rejects.toMatchObject({ message: "Requested resource not found." });
  await allowRole(cloud, { name: "training", actions: ["s3:*"] });
});

test("a type with a GPU on a host without one runs on the CPU and says so in its log", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud({}, { capacity: { gpus: 0 } });
  const { start, ended, input } = await jobs(cloud, QUICK);
  await start({ ResourceConfig: { ...input.ResourceConfig, InstanceType: "ml.g4dn.xlarge", InstanceCount: 1 } });
  expect((await ended()).TrainingJobStatus).toBe("Completed");
  const { events = [] } = await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs" }));
  expect(events.map(({ message }) => message)).toContain("ml.g4dn.xlarge has 1 GPU; this host has no GPU, so it runs on the CPU");
});

test("a job that is stopped at once ends as Stopped, wherever it was by then", { timeout: 40_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, s3, start, ended } = await jobs(cloud, PATIENT);
  for (let part = 0; part < 4; part += 1) await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: `data/large-${part}`, Body: Buffer.alloc(16 * 1024 * 1024) }));
  const delays = [0, 10, 30, 60, 100, 200];
  await Promise.all(delays.map(async (delay, index) => {
    const TrainingJobName = `job-${index}`;
    await start({ TrainingJobName });
    await pause(delay);
    await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName }));
    const job = await ended(TrainingJobName);
    expect(job).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "Stopped" });
    expect(job.SecondaryStatusTransitions?.slice(-2).map(({ Status }) => Status)).toEqual(["Stopping", "Stopped"]);
  }));
});

test("a program that ignores SIGTERM has 120 s, then is ended, and what it saved is kept", { timeout: 40_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, start, untilSecondary, ended, describe } = await jobs(cloud, "process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000);");
  await start();
  await untilSecondary("Training");
  await pause(500);
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
  await pause(500);
  expect((await describe()).TrainingJobStatus).toBe("Stopping");
  cloud.clock.advance(120_000);
  expect(await ended()).toMatchObject({ TrainingJobStatus: "Stopped", ModelArtifacts: { S3ModelArtifacts: "s3://jobs/out/job-1/output/model.tar.gz" } });
});

test("a job's credentials are its role's, and outlive the role's own MaxSessionDuration of an hour", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { start, ended } = await jobs(cloud, "console.log(JSON.stringify({ accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY, sessionToken: process.env.AWS_SESSION_TOKEN }));");
  await start();
  expect((await ended()).TrainingJobStatus).toBe("Completed");
  const { events = [] } = await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", filterPattern: "accessKeyId" }));
  const credentials = JSON.parse(events[0]?.message ?? "{}") as { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  cloud.clock.advance(11 * 3_600_000);
  const as = new STSClient({ ...cloud.client, credentials, systemClockOffset: 11 * 3_600_000 });
  expect((await as.send(new GetCallerIdentityCommand({}))).Arn).toBe("arn:aws:sts::000000000000:assumed-role/training/SageMaker");
});

test("a program that the job names itself runs with /opt/ml alone around it, and the failure that it writes is the job's", { timeout: 40_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, start, ended, input } = await jobs(cloud, QUICK);
  const run = (script: string, more: object = {}) => ({
    AlgorithmSpecification: { TrainingImage: "pytorch-training:2.1", TrainingInputMode: "File" as const, ContainerEntrypoint: ["/bin/bash", "-c"], ContainerArguments: [script], MetricDefinitions: [{ Name: "rate", Regex: "rate=([0-9.]+);" }] },
    HyperParameters: { rate: "0.5" }, ...more,
  });
  await start(run("set -e; cat /opt/ml/input/data/training/a.txt; python -c 'import json; print(\"rate=\" + json.load(open(\"/opt/ml/input/config/hyperparameters.json\"))[\"rate\"] + \";\")'; echo weights >/opt/ml/model/model.bin; test -z \"${SM_HPS+set}\""));
  expect(await ended()).toMatchObject({ TrainingJobStatus: "Completed", FinalMetricDataList: [{ MetricName: "rate", Value: 0.5 }], AlgorithmSpecification: { ContainerEntrypoint: ["/bin/bash", "-c"] } });
  await start({ ...run("echo 'the data is bad' >/opt/ml/output/failure; exit 3"), TrainingJobName: "fails" });
  expect(await ended("fails")).toMatchObject({ TrainingJobStatus: "Failed", FailureReason: "AlgorithmError: the data is bad, exit code: 3" });
  const refused = (algorithm: object) => sagemaker.send(new CreateTrainingJobCommand({ ...input, TrainingJobName: "refused", AlgorithmSpecification: { TrainingInputMode: "File", ...algorithm } }));
  await expect(refused({ TrainingImage: "node-training:24", ContainerEntrypoint: ["node"] })).rejects.toMatchObject({ message: expect.stringContaining("AlgorithmSpecification.ContainerEntrypoint is not supported by Sagebrush yet: entry points of images other than Python's") as string });
  await expect(refused({ TrainingImage: "pytorch-training:2.1", ContainerArguments: ["train"] })).rejects.toMatchObject({ message: expect.stringContaining("ContainerArguments without ContainerEntrypoint") as string });
});
