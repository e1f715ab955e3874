import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { createClients, Estimator } from "../../src/sdk/index.ts";
import { startCloud } from "../support/cloud.ts";
import { makeRole } from "../support/roles.ts";

const SOURCE = join(import.meta.dirname, "../../examples/pytorch-dogs/source");
const PHOTOGRAPHS = join(import.meta.dirname, "../../examples/dog-breeds/data");
const BREEDS = ["beagle", "pug", "samoyed"];
const PICTURES = 12;
const READY = spawnSync("/usr/bin/python3", ["-c", "import torch, PIL"]).status === 0;

test.skipIf(!READY && !process.env["CI"])("examples/pytorch-dogs learns the same on one instance, on two, and on a plain machine (skipped without PyTorch and Pillow in /usr/bin/python3)", { timeout: 120_000 }, async () => {
  expect(READY, "CI needs python3-torch and python3-pil").toBe(true);
  await using cloud = await startCloud();
  const folder = mkdtempSync(join(tmpdir(), "dogs-"));
  try {
    const s3 = new S3Client(cloud.client);
    await s3.send(new CreateBucketCommand({ Bucket: "dogs" }));
    for (const breed of BREEDS) {
      for (const file of readdirSync(join(PHOTOGRAPHS, breed)).slice(0, PICTURES)) {
        cpSync(join(PHOTOGRAPHS, breed, file), join(folder, "data", breed, file));
        await s3.send(new PutObjectCommand({ Bucket: "dogs", Key: `photographs/${breed}/${file}`, Body: readFileSync(join(PHOTOGRAPHS, breed, file)) }));
      }
    }
    const role = await makeRole(cloud, { name: "dogs", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
    const train = async (instanceCount: number) => {
      const estimator = new Estimator(createClients(cloud.client), {
        image: "pytorch-training:2.1", role, instanceType: "ml.m5.large", instanceCount, outputPath: "s3://dogs/out", script: { entryPoint: "train.py", folder: SOURCE },
        hyperparameters: { epochs: 2, "batch-size": 8, sagemaker_torch_distributed_enabled: true, sagemaker_instance_type: "ml.m5.large" },
        metricDefinitions: [{ name: "loss", regex: "validation loss=([0-9.]+);" }],
      });
      return { estimator, job: await estimator.fit({ training: "s3://dogs/photographs/" }, { jobName: `dogs-${instanceCount}` }) };
    };
    const [one, two] = [await train(1), await train(2)];
    const loss = one.job.metrics["loss"] ?? Number.NaN;
    expect(two.job.metrics["loss"]).toBeCloseTo(loss, 5);
    expect(loss).toBeGreaterThan(0);

    const plain = spawnSync("/usr/bin/python3", ["train.py", "--data", join(folder, "data"), "--model-dir", join(folder, "trained"), "--epochs", "2", "--batch-size", "8"], {
      cwd: SOURCE, encoding: "utf8", env: { OMP_NUM_THREADS: "1", OMP_WAIT_POLICY: "PASSIVE", PYTHONDONTWRITEBYTECODE: "1" },
    });
    expect(plain.stderr).toBe("");
    expect(Number(/validation loss=([0-9.]+);(?![^]*loss=)/.exec(plain.stdout)?.[1])).toBeCloseTo(loss, 5);

    const predictor = await two.estimator.model({ image: "pytorch-inference:2.1" }).deploy({ instanceType: "ml.m5.large", endpointName: "dogs" });
    const guesses = await predictor.predict(readFileSync(join(PHOTOGRAPHS, "beagle", "beagle_1.jpg"))) as readonly { readonly breed: string; readonly probability: number }[];
    expect(new Set(guesses.map(({ breed }) => breed))).toEqual(new Set(BREEDS));
    expect(guesses.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 3);
    await predictor.delete();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
