import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { categorical, continuous, createClients, Estimator, HyperparameterTuner, integer, type Trial } from "../../src/sdk/index.ts";
import { startCloud } from "../support/cloud.ts";
import { makeRole } from "../support/roles.ts";

const TRAIN = `
import { writeFileSync } from "node:fs";
const { rate, layers, kind, offset } = JSON.parse(process.env.SM_HPS);
if (kind === "broken") throw new Error("no such kind");
writeFileSync(process.env.SM_MODEL_DIR + "/rate", String(rate));
console.log("loss=" + (Math.abs(Math.log10(rate) + 2) + layers + offset));
`;

async function scene(cloud: Awaited<ReturnType<typeof startCloud>>) {
  const folder = mkdtempSync(join(tmpdir(), "tuner-"));
  writeFileSync(join(folder, "train.mjs"), TRAIN);
  await new S3Client(cloud.client).send(new CreateBucketCommand({ Bucket: "jobs" }));
  const role = await makeRole(cloud, { name: "training", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
  const clients = createClients(cloud.client);
  const estimator = new Estimator(clients, {
    image: "node-training:24", role, instanceType: "ml.m5.large", outputPath: "s3://jobs/out", hyperparameters: { offset: 1, rate: 0.5 },
    metricDefinitions: [{ name: "loss", regex: "loss=([0-9.]+)" }], script: { entryPoint: "train.mjs", folder },
  });
  return { clients, estimator, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

test("a tuner searches, tells each trial, and gives the best one as an estimator", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  using at = await scene(cloud);
  const tuner = new HyperparameterTuner(at.clients, at.estimator, {
    objective: { metric: "loss", type: "Minimize" }, strategy: "Random", seed: 3, maxJobs: 6, maxParallelJobs: 2,
    ranges: { rate: continuous(0.0001, 1, "Logarithmic"), layers: integer(1, 3), kind: categorical(["plain", "fancy"]) },
  });
  const told: Trial[] = [];
  const job = await tuner.fit({}, { onTrial: (trial) => told.push(trial) });
  expect(job).toMatchObject({ status: "Completed", jobName: expect.stringMatching(/^tuning-\d+$/) as unknown });
  expect(new Set(told)).toEqual(new Set(job.trials));
  expect(job.best?.objective).toBe(Math.min(...job.trials.map(({ objective = Infinity }) => objective)));
  expect(Object.keys(job.best?.values ?? {})).toEqual(["layers", "rate", "kind"]);
  const best = await tuner.bestEstimator();
  expect(best.latest.metrics).toEqual({ loss: job.best?.objective });
  expect(await HyperparameterTuner.attach(at.clients, job.jobName)).toEqual(job);
});

test("a tuner throws the tuning job's own reason", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  using at = await scene(cloud);
  const tuner = new HyperparameterTuner(at.clients, at.estimator, { objective: { metric: "loss", type: "Minimize" }, strategy: "Grid", ranges: { kind: categorical(["broken"]) } });
  expect(() => tuner.latest).toThrow("has not been fitted");
  await expect(tuner.fit({}, { jobName: "fails" })).rejects.toThrow("The tuning job fails failed: No training job succeeded after 1 attempts.");
});
