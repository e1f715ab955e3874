import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { StopTrainingJobCommand, type CreateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { createClients } from "../../../src/sdk/index.ts";
import { interruptTrainingJob } from "../../../src/sdk/interrupt.ts";
import { startCloud } from "../../support/cloud.ts";
import { archiveOf } from "./support/archive.ts";
import { again, jobs } from "./support/job.ts";
import { tunings, withStatic } from "./support/tuning.ts";

/** Counts epochs in its checkpoints; when its instance is taken away it says so there and ends. Completes in its second life. */
const RESUMES = `
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const file = "/opt/ml/checkpoints/epoch.txt";
const epoch = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
console.log("began at epoch=" + epoch + ";");
if (epoch > 0) {
  writeFileSync(process.env.SM_MODEL_DIR + "/epoch.txt", String(epoch));
  process.exit(0);
}
process.on("SIGTERM", () => {
  writeFileSync(file, "7");
  process.exit(0);
});
console.log("loss: 0.5");
setInterval(() => {}, 1000);
`;
const WAITS = "setInterval(() => {}, 1000);";

const SPOT = {
  EnableManagedSpotTraining: true, StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 1200 }, CheckpointConfig: { S3Uri: "s3://jobs/checkpoints" },
  AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "File", MetricDefinitions: [{ Name: "epoch", Regex: "epoch=([0-9]+);" }, { Name: "loss", Regex: "loss: ([0-9.]+)" }] },
} satisfies Partial<CreateTrainingJobCommandInput>;

test("a spot job whose instance is taken away goes on from its checkpoints under its name, at the discount", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud({ spot: "wait=1" });
  const all = await jobs(cloud, RESUMES);
  await all.start(SPOT);
  await all.untilSecondary("Training");
  await expect.poll(async () => (await all.describe()).SecondaryStatus).toBe("Training");
  // The program has to be there to hear of it.
  await new Promise((resolve) => void setTimeout(resolve, 1000));
  await interruptTrainingJob(createClients(cloud.client), "job-1");
  const waiting = await all.untilSecondary("Interrupted");
  expect(waiting).toMatchObject({ TrainingJobStatus: "InProgress" });
  expect(await (await all.s3.send(new GetObjectCommand({ Bucket: "jobs", Key: "checkpoints/epoch.txt" }))).Body?.transformToString()).toBe("7");
  const job = await all.ended();
  expect(job).toMatchObject({ TrainingJobStatus: "Completed", EnableManagedSpotTraining: true, StoppingCondition: SPOT.StoppingCondition });
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(["Starting", "Downloading", "Training", "Interrupted", "Starting", "Downloading", "Training", "Uploading", "Completed"]);
  // What the second life did not print is the first one's.
  expect(Object.fromEntries((job.FinalMetricDataList ?? []).map(({ MetricName = "", Value }) => [MetricName, Value]))).toEqual({ epoch: 7, loss: 0.5 });
  const { TrainingTimeInSeconds: trained = 0, BillableTimeInSeconds: billed = 0 } = job;
  expect(trained).toBeGreaterThan(1);
  expect(billed).toBe(Math.ceil(trained * 0.3));
});

test("interruptions come by a seeded rate, and a job that waits too long ends as MaxWaitTimeExceeded", { timeout: 60_000 }, async () => {
  // One in two seconds, on average.
  await using cloud = await startCloud({ spot: "interruptions=1800/h,wait=0,seed=3" });
  const all = await jobs(cloud, WAITS);
  await all.start({ ...SPOT, StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 600 } });
  await expect.poll(async () => (await all.describe()).SecondaryStatusTransitions?.filter(({ Status }) => Status === "Interrupted").length, { timeout: 30_000 }).toBeGreaterThan(1);
  cloud.clock.advance(600_000);
  const job = await all.ended();
  expect(job).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "MaxWaitTimeExceeded" });
  expect(job.SecondaryStatusTransitions?.at(-2)?.Status).toBe("Stopping");
});

test("a job that waits for capacity can be stopped", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud({ spot: "wait=600" });
  const all = await jobs(cloud, WAITS);
  await all.start(SPOT);
  await all.untilSecondary("Training");
  await interruptTrainingJob(createClients(cloud.client), "job-1");
  await all.untilSecondary("Interrupted");
  await all.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
  expect(await all.ended()).toMatchObject({ TrainingJobStatus: "Stopped", SecondaryStatus: "Stopped" });
});

test("what is wrong about spot jobs and interruptions is said", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud({ quotas: "spot=0" });
  const all = await jobs(cloud, WAITS);
  const clients = createClients(cloud.client);
  const SHORT = "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds";
  await expect(all.start({ ...SPOT, StoppingCondition: { MaxRuntimeInSeconds: 600 } })).rejects.toMatchObject({ name: "ValidationException", message: SHORT });
  await expect(all.start({ ...SPOT, StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 599 } })).rejects.toMatchObject({ message: SHORT });
  await expect(all.start({ StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 600 } })).rejects.toMatchObject({ message: "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true" });
  await expect(all.start(SPOT)).rejects.toMatchObject({ name: "ResourceLimitExceeded", message: expect.stringContaining("'ml.m5.large for spot training job usage' is 0 Instances") as unknown });
  await expect(interruptTrainingJob(clients, "job-1")).rejects.toMatchObject({ name: "ValidationException", message: "Requested resource not found." });
  await all.start();
  await all.untilSecondary("Training");
  await expect(interruptTrainingJob(clients, "job-1")).rejects.toMatchObject({ message: expect.stringContaining("does not use managed spot training") as unknown });
  const wrong = createClients({ ...cloud.client, credentials: { accessKeyId: "test", secretAccessKey: "wrong" } });
  await expect(interruptTrainingJob(wrong, "job-1")).rejects.toMatchObject({ name: expect.stringMatching(/Signature|Token/) as unknown });
  expect((await fetch(`${cloud.endpoint}/_sagebrush/interrupt-training-job`, { method: "POST", body: '{"TrainingJobName":"job-1"}' })).status).toBe(403);
});

test("a job is begun again after faults of the service as often as RetryStrategy says, and not after its own", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "process.exit(3)");
  await all.start({ RetryStrategy: { MaximumRetryAttempts: 2 } });
  const own = await all.ended();
  expect(own).toMatchObject({ TrainingJobStatus: "Failed", RetryStrategy: { MaximumRetryAttempts: 2 } });
  expect(own.SecondaryStatusTransitions?.filter(({ Status }) => Status === "Starting")).toHaveLength(1);
  // A fault of the service's: something stands where it has to write. There is much to download, so that this happens before.
  for (let index = 0; index < 300; index += 1) await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: `data/${index}.txt`, Body: "x" }));
  await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "source.tar.gz", Body: await archiveOf({ "train.mjs": "" }) }));
  await all.start({ TrainingJobName: "job-2", RetryStrategy: { MaximumRetryAttempts: 1 } });
  const config = (): string | undefined => globSync("machines/**/input/config", { cwd: cloud.folder })[0];
  await expect.poll(config, { timeout: 20_000, interval: 5 }).toBeDefined();
  const inTheWay = join(cloud.folder, config() ?? "");
  rmSync(inTheWay, { recursive: true });
  writeFileSync(inTheWay, "");
  const job = await all.ended("job-2");
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(["Starting", "Downloading", "Training", "Starting", "Downloading", "Training", "Uploading", "Completed"]);
  expect(job.SecondaryStatusTransitions?.[3]?.StatusMessage).toMatch(/^Starting the training job again after InternalServerError: We encountered an internal error. Please try again./);
});

test("a tuning job's training jobs run on spot instances, and are interrupted like others; it needs their quota", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud({ spot: "wait=0", quotas: "ml.m5.large for spot training job usage=2, ml.m5.large for training job usage=0" });
  const all = await tunings(cloud);
  const { TrainingJobDefinition: definition } = withStatic(all, { pause: "1200" });
  if (definition === undefined) throw new Error("there is a definition");
  const spot = { ...definition, EnableManagedSpotTraining: true, CheckpointConfig: { S3Uri: "s3://jobs/checkpoints" }, StoppingCondition: SPOT.StoppingCondition };
  await expect(all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 3 } }, { TrainingJobDefinition: spot })).rejects.toMatchObject({ name: "ResourceLimitExceeded", message: expect.stringContaining("spot training job usage") as unknown });
  await all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2 } }, { TrainingJobDefinition: spot });
  const first = async (): Promise<string | undefined> => {
    const names = (await all.trials()).map(({ TrainingJobName }) => TrainingJobName ?? "");
    return (await Promise.all(names.map((name) => all.describe(name)))).find(({ SecondaryStatus }) => SecondaryStatus === "Training")?.TrainingJobName;
  };
  await expect.poll(first, { timeout: 20_000 }).toBeDefined();
  await interruptTrainingJob(createClients(cloud.client), await first() ?? "");
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Completed: 4 } });
  const trained = await Promise.all((await all.trials()).map(({ TrainingJobName }) => all.describe(TrainingJobName)));
  expect(trained.every(({ EnableManagedSpotTraining, FinalMetricDataList }) => EnableManagedSpotTraining === true && FinalMetricDataList?.[0]?.MetricName === "distance")).toBe(true);
  expect(trained.flatMap(({ SecondaryStatusTransitions = [] }) => SecondaryStatusTransitions.map(({ Status }) => String(Status)))).toContain("Interrupted");
});

test("a spot job that waits for capacity when the server ends goes on when it is back, also on two instances", { timeout: 60_000 }, async () => {
  const data = mkdtempSync(join(tmpdir(), "spot-"));
  using _folder = { [Symbol.dispose]: () => rmSync(data, { recursive: true }) };
  {
    await using cloud = await startCloud({ data, spot: "wait=600" });
    const all = await jobs(cloud, RESUMES);
    await all.start({ ...SPOT, ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 2, VolumeSizeInGB: 10 } });
    await expect.poll(async () => (await all.describe()).SecondaryStatus, { timeout: 20_000 }).toBe("Training");
    await new Promise((resolve) => void setTimeout(resolve, 1500));
    await interruptTrainingJob(createClients(cloud.client), "job-1");
    await all.untilSecondary("Interrupted");
  }
  await using cloud = await startCloud({ data });
  const job = await again(cloud).ended();
  expect(job).toMatchObject({ TrainingJobStatus: "Completed" });
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(["Starting", "Downloading", "Training", "Interrupted", "Restarting", "Downloading", "Training", "Uploading", "Completed"]);
});
