import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeTrainingJobCommand, ListModelsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { createClients, Estimator, interruptTrainingJob, Model, type EstimatorOptions, type LogLine } from "../../src/sdk/index.ts";
import { startCloud } from "../support/cloud.ts";
import { makeRole } from "../support/roles.ts";

const TRAIN = `
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
const sum = readFileSync(process.env.SM_CHANNEL_TRAINING + "/numbers.txt", "utf8").trim().split(" ").reduce((a, b) => a + Number(b), 0);
console.log("factor " + process.env.SM_HP_FACTOR + " sum=" + sum + ";");
mkdirSync(process.env.SM_MODEL_DIR + "/code", { recursive: true });
writeFileSync(process.env.SM_MODEL_DIR + "/sum", String(sum * Number(process.env.SM_HP_FACTOR)));
writeFileSync(process.env.SM_MODEL_DIR + "/code/serve.mjs", readFileSync("serve.mjs"));
`;
const SERVE = `
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
const sum = Number(readFileSync(new URL("../sum", import.meta.url), "utf8"));
createServer(async (request, response) => {
  const body = Buffer.concat(await Array.fromAsync(request));
  response.setHeader("Content-Type", "application/json");
  response.end(request.url === "/ping" ? "" : JSON.stringify({ sum, type: request.headers["content-type"], bytes: body.length }));
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), process.env.SAGEMAKER_BIND_ADDRESS);
`;

async function scene(cloud: Awaited<ReturnType<typeof startCloud>>, train = TRAIN) {
  const folder = mkdtempSync(join(tmpdir(), "estimator-"));
  writeFileSync(join(folder, "train.mjs"), train);
  writeFileSync(join(folder, "serve.mjs"), SERVE);
  const s3 = new S3Client(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "jobs" }));
  await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/numbers.txt", Body: "1 2 3.5" }));
  const role = await makeRole(cloud, { name: "training", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
  const clients = createClients(cloud.client);
  const options: EstimatorOptions = {
    image: "node-training:24", role, instanceType: "ml.m5.large", outputPath: "s3://jobs/out", hyperparameters: { factor: 2 },
    metricDefinitions: [{ name: "sum", regex: "sum=([0-9.]+);" }], script: { entryPoint: "train.mjs", folder },
  };
  return { clients, options, estimator: new Estimator(clients, options), folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

test("an estimator trains a script with live lines, deploys its model, is asked, and leaves nothing behind", async () => {
  await using cloud = await startCloud();
  using at = await scene(cloud);
  const lines: LogLine[] = [];
  const statuses: string[] = [];
  let shown = "";
  const job = await at.estimator.fit({ training: "s3://jobs/data/" }, { onLine: (line) => lines.push(line), onStatus: (message) => statuses.push(message), progress: { isTTY: true, write: (text) => (shown += text) } });
  expect(shown).toContain("algo-1 factor 2 sum=6.5;\n");
  expect(shown).toMatch(/█{24} 100 % {2}\d+ s {2}Training job completed/);
  expect(job.metrics).toEqual({ sum: 6.5 });
  expect(job.artifact).toBe(`s3://jobs/out/${job.jobName}/output/model.tar.gz`);
  expect(lines.filter(({ text }) => text === "factor 2 sum=6.5;")).toMatchObject([{ host: "algo-1" }]);
  expect(statuses.at(-1)).toBe("Training job completed");

  const attached = await Estimator.attach(at.clients, job.jobName);
  expect(attached.latest).toEqual(job);
  const predictor = await attached.model({ image: "node-inference:24" }).deploy({ instanceType: "ml.t2.medium", endpointName: "sums" });
  expect(await predictor.predict({ url: "x" })).toEqual({ sum: 13, type: "application/json", bytes: 11 });
  expect(await predictor.predict(new Uint8Array(5))).toEqual({ sum: 13, type: "image/jpeg", bytes: 5 });
  await predictor.delete();
  expect((await new SageMakerClient(cloud.client).send(new ListModelsCommand({}))).Models).toEqual([]);
});

test("fit throws the job's own reason, and attach refuses a job without a model", async () => {
  await using cloud = await startCloud();
  using at = await scene(cloud, "throw new Error('no such luck');");
  await expect(at.estimator.fit({ training: "s3://jobs/data/" }, { jobName: "fails" })).rejects.toThrow(/ended as Failed: AlgorithmError: ExecuteUserScriptError:[^]*no such luck/);
  await expect(Estimator.attach(at.clients, "fails")).rejects.toThrow("The training job fails is Failed; only one that is Completed has a model.");
  await expect(Estimator.attach(at.clients, "nobody")).rejects.toThrow("There is no training job nobody.");
  expect(() => at.estimator.latest).toThrow("has not been fitted");
});

test("an entry point that is not in its folder is said before a job exists; a model without its artifact is refused", async () => {
  await using cloud = await startCloud();
  using at = await scene(cloud);
  const other = new Estimator(at.clients, { image: "node-training:24", role: "arn:aws:iam::000000000000:role/training", instanceType: "ml.m5.large", outputPath: "s3://jobs/out", script: { entryPoint: "other.mjs", folder: at.folder } });
  await expect(other.fit({})).rejects.toThrow("other.mjs is not in");
  const model = new Model(at.clients, { image: "node-inference:24", role: "arn:aws:iam::000000000000:role/training", artifact: "s3://jobs/nothing.tar.gz" });
  await expect(model.deploy({ instanceType: "ml.t2.medium", endpointName: "nothing" })).rejects.toThrow("Could not access model data at s3://jobs/nothing.tar.gz");
});

test("an estimator of spot instances goes on from its checkpoints after an interruption", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud({ spot: "wait=0" });
  using at = await scene(cloud, `
    import { existsSync, writeFileSync } from "node:fs";
    const file = "/opt/ml/checkpoints/half";
    if (existsSync(file)) process.exit(0);
    process.on("SIGTERM", () => process.exit(writeFileSync(file, "")));
    console.log("waiting");
    setInterval(() => {}, 1000);
  `);
  const estimator = new Estimator(at.clients, { ...at.options, maxRuntimeSeconds: 600, spot: { maxWaitSeconds: 900 }, checkpointUri: "s3://jobs/checkpoints", retries: 2 });
  let interrupted: Promise<void> | undefined;
  const job = await estimator.fit({ training: "s3://jobs/data/" }, { jobName: "spotty", onLine: ({ text }) => void (text === "waiting" && (interrupted = interruptTrainingJob(at.clients, "spotty"))) });
  await interrupted;
  const described = await new SageMakerClient(cloud.client).send(new DescribeTrainingJobCommand({ TrainingJobName: "spotty" }));
  expect(described).toMatchObject({ EnableManagedSpotTraining: true, RetryStrategy: { MaximumRetryAttempts: 2 }, StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 900 } });
  expect(described.SecondaryStatusTransitions?.map(({ Status }) => Status)).toContain("Interrupted");
  expect(job.billableSeconds).toBe(Math.ceil((described.TrainingTimeInSeconds ?? 0) * 0.3));
});
