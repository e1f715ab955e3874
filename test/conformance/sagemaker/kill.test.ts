import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateEndpointCommand, StopTrainingJobCommand, UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { allPids, read } from "../../../src/machines/proc.ts";
import { serve, type ServedCloud } from "../../clients/server.ts";
import type { ClientSettings } from "../../support/cloud.ts";
import { filesOf } from "./support/archive.ts";
import { hosting, server } from "./support/endpoint.ts";
import { again, jobs, watching } from "./support/job.ts";
import { tunings, tuningsAgain } from "./support/tuning.ts";

const clientOf = ({ endpoint }: ServedCloud): { readonly client: ClientSettings } =>
  ({ client: { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, forcePathStyle: true, maxAttempts: 1 } });

/** A data folder that outlives servers. */
async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-kill-"));
  try {
    await body(join(folder, "cloud"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Trains as long as its data has no "go", which the test gives only to the second server.
const UNTIL_GO = `
import { existsSync, writeFileSync } from "node:fs";
console.log("loss: 0.5");
if (existsSync(process.env.SM_CHANNEL_TRAINING + "/go")) { writeFileSync(process.env.SM_MODEL_DIR + "/model.txt", "trained"); process.exit(0); }
setInterval(() => {}, 1000);
`;

test("jobs that kill -9 interrupts begin again under their names and are billed for both runs", { timeout: 90_000 }, () => withFolder(async (folder) => {
  const first = await serve(folder);
  const before = await jobs(clientOf(first), UNTIL_GO);
  await before.start();
  await before.untilSecondary("Training");
  await before.start({ TrainingJobName: "stopping", HyperParameters: { ...before.input.HyperParameters, ignored: "1" } });
  await before.untilSecondary("Training", "stopping");
  await pause(2_100);
  await before.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/go", Body: "go" }));
  await before.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "stopping" }));
  await first.kill();
  const killedAt = Date.now();

  await using second = await serve(folder);
  const after = watching(clientOf(second));
  const job = await after.ended();
  expect(job.TrainingJobStatus).toBe("Completed");
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual(["Starting", "Downloading", "Training", "Restarting", "Downloading", "Training", "Uploading", "Completed"]);
  expect(job.ModelArtifacts?.S3ModelArtifacts).toBe("s3://jobs/out/job-1/output/model.tar.gz");
  // It ran until the server was killed, not until it was started again.
  expect(job.SecondaryStatusTransitions?.[2]?.EndTime?.getTime()).toBeLessThanOrEqual(killedAt);
  expect(job.BillableTimeInSeconds).toBeGreaterThanOrEqual(2);
  expect((await after.ended("stopping")).TrainingJobStatus).toBe("Stopped");
}));

test("a job without a network that reads pipes begins again after kill -9, and nothing of its network is left", { timeout: 90_000 }, (context) => withFolder(async (folder) => {
  if (process.getuid?.() !== 0) return context.skip("networks are looked for as root");
  const networks = (): number => allPids().filter((pid) => read(`/proc/${pid}/cmdline`)?.startsWith("cat\0") === true && read(`/proc/${pid}/environ`)?.includes("LC_ALL=C") === true).length;
  const others = networks();
  const first = await serve(folder);
  const before = await jobs(clientOf(first), UNTIL_GO.replace("existsSync(process.env.SM_CHANNEL_TRAINING + \"/go\")", "String(readFileSync(process.env.SM_CHANNEL_TRAINING + \"_0\")).includes(\"go\")").replace("existsSync,", "readFileSync,"));
  await before.start({ EnableNetworkIsolation: true, AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "Pipe" } });
  await before.untilSecondary("Training");
  expect(networks()).toBe(others + 1);
  await before.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/go", Body: "go" }));
  await first.kill();
  await expect.poll(networks, { timeout: 5_000 }).toBe(others);

  await using second = await serve(folder);
  const job = await watching(clientOf(second)).ended();
  expect(job.FailureReason).toBeUndefined();
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toContain("Restarting");
  await expect.poll(networks, { timeout: 5_000 }).toBe(others);
}));

test("a job of two instances that kill -9 interrupts begins again on both", { timeout: 90_000 }, () => withFolder(async (folder) => {
  const first = await serve(folder);
  const before = await jobs(clientOf(first), UNTIL_GO.replace("/model.txt", "/" + '" + process.env.SM_CURRENT_HOST + "'));
  await before.start({ ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 2, VolumeSizeInGB: 10 } });
  await before.untilSecondary("Training");
  await before.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/go", Body: "go" }));
  await first.kill();

  await using second = await serve(folder);
  expect((await watching(clientOf(second)).ended()).TrainingJobStatus).toBe("Completed");
  const { Body } = await again(clientOf(second)).s3.send(new GetObjectCommand({ Bucket: "jobs", Key: "out/job-1/output/model.tar.gz" }));
  expect(await filesOf((await Body?.transformToByteArray()) ?? new Uint8Array())).toEqual({ "algo-1": "trained", "algo-2": "trained" });
}));

test("a tuning job that kill -9 interrupts goes on: what ended counts, what ran begins again, what was to come is tried", { timeout: 90_000 }, () => withFolder(async (folder) => {
  // Only the first training job ends before the server dies: the others wait for "go".
  const first = await serve(folder);
  const before = await tunings(clientOf(first), `
    import { existsSync } from "node:fs";
    const { x } = JSON.parse(process.env.SM_HPS);
    const end = () => { console.log("distance: " + Math.abs(x - 3)); process.exit(0); };
    if (Number(x) === 1 || existsSync(process.env.SM_CHANNEL_TRAINING + "/go")) end();
    setInterval(() => {}, 1000);
  `);
  await before.tune({ Strategy: "Grid", ParameterRanges: { CategoricalParameterRanges: [{ Name: "x", Values: ["1", "2", "3", "4", "5"] }] }, ResourceLimits: { MaxParallelTrainingJobs: 2 } });
  await expect.poll(async () => (await before.trials()).filter(({ TrainingStartTime }) => TrainingStartTime !== undefined).length, { timeout: 20_000 }).toBe(3);
  await before.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/go", Body: "go" }));
  const names = (await before.trials()).map(({ TrainingJobName }) => TrainingJobName);
  await first.kill();

  await using second = await serve(folder);
  const after = tuningsAgain(clientOf(second));
  expect(await after.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Completed: 5 }, BestTrainingJob: { TunedHyperParameters: { x: "3" } } });
  const trials = await after.trials();
  expect(trials.map(({ TunedHyperParameters }) => TunedHyperParameters?.["x"])).toEqual(["1", "2", "3", "4", "5"]);
  expect(trials.slice(0, 3).map(({ TrainingJobName }) => TrainingJobName)).toEqual(names);
}));

const PID = server("response.end(String(process.pid));");

test("endpoints come back InService after kill -9, with as many instances, and a request in the meantime waits for them", { timeout: 90_000 }, () => withFolder(async (folder) => {
  const first = await serve(folder);
  const before = await hosting(clientOf(first));
  await before.create("steady", PID, { InitialInstanceCount: 2 });
  await before.inService("steady");
  const { CreationTime, LastModifiedTime } = await before.describe("steady");
  await first.kill();

  await using second = await serve(folder);
  const after = await hosting(clientOf(second), false);
  // Asked at once: the request waits for the instances that are starting.
  expect(Number(await after.invoke("steady"))).toBeGreaterThan(0);
  await after.inService("steady");
  expect(await after.describe("steady")).toMatchObject({ EndpointStatus: "InService", CreationTime, LastModifiedTime, ProductionVariants: [{ CurrentInstanceCount: 2 }] });
}));

test("an endpoint that was being made or changed when kill -9 came is made or changed after the restart", { timeout: 90_000 }, () => withFolder(async (folder) => {
  const first = await serve(folder);
  const before = await hosting(clientOf(first));
  await before.create("changing", server("response.end('old');"));
  await before.inService("changing");
  await before.configure("new", server("response.end('new');"));
  await before.configure("half", server("response.end('half');"));
  await before.sagemaker.send(new CreateEndpointCommand({ EndpointName: "half", EndpointConfigName: "half" }));
  await before.sagemaker.send(new UpdateEndpointCommand({ EndpointName: "changing", EndpointConfigName: "new" }));
  await first.kill();

  await using second = await serve(folder);
  const after = await hosting(clientOf(second), false);
  await Promise.all([after.inService("half"), after.inService("changing")]);
  expect(await after.invoke("half")).toBe("half");
  expect(await after.invoke("changing")).toBe("new");
  expect((await after.describe("changing")).EndpointConfigName).toBe("new");
}));

const BRIEF = `
import { writeFileSync } from "node:fs";
setTimeout(() => writeFileSync(process.env.SM_MODEL_DIR + "/model.txt", "trained"), 300);
`;

test("whatever was acknowledged is finished, at whichever moment kill -9 came, also again and again", { timeout: 120_000 }, () => withFolder(async (folder) => {
  const moments = [0, 60, 150, 350, 700];
  for (const [round, moment] of moments.entries()) {
    await using cloud = await serve(folder);
    const client = clientOf(cloud);
    const made = await hosting(client, round === 0);
    if (round === 0) await made.configure("answers", server("response.end('here');"));
    const work = round === 0 ? await jobs(client, BRIEF) : again(client);
    await work.start({ TrainingJobName: `job-${round}` });
    await made.sagemaker.send(new CreateEndpointCommand({ EndpointName: `endpoint-${round}`, EndpointConfigName: "answers" }));
    await pause(moment);
    await cloud.kill();
  }
  await using last = await serve(folder);
  const [ended, made] = [watching(clientOf(last)).ended, await hosting(clientOf(last), false)];
  for (const round of moments.keys()) {
    expect((await ended(`job-${round}`)).TrainingJobStatus).toBe("Completed");
    await made.untilStatus(`endpoint-${round}`, "InService");
    expect(await made.invoke(`endpoint-${round}`)).toBe("here");
  }
}));
