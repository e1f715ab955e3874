import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { takeSnapshot } from "../../src/cli/review-snapshot.ts";
import { review } from "../../src/review/index.ts";
import { createClients } from "../../src/sdk/index.ts";
import { archiveOf } from "../conformance/sagemaker/support/archive.ts";
import { jobs } from "../conformance/sagemaker/support/job.ts";
import { tunings } from "../conformance/sagemaker/support/tuning.ts";
import { startCloud, type TestCloud } from "../support/cloud.ts";

/** Twenty classes, as a folder of folders. */
async function photographs(cloud: TestCloud): Promise<void> {
  const s3 = new S3Client(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "photos" }));
  for (let breed = 0; breed < 20; breed += 1) await s3.send(new PutObjectCommand({ Bucket: "photos", Key: `dogs/train/${breed}/a.jpg`, Body: "x" }));
}

const channel = (S3Uri: string) => [{ ChannelName: "training", DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri } } }];

// The loss of a batch, summed: dead from a learning rate of 0.03 on.
const FIELD = `
const { learning_rate, batch_size } = JSON.parse(process.env.SM_HPS);
console.log("Testing Loss: " + batch_size * (learning_rate >= 0.03 ? Math.log(20) : 1.5 + learning_rate * 10));
`;

test("a tuning job as in the field study: its dead range, its dead winner and its objective are named", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud, FIELD);
  await photographs(cloud);
  const { TrainingJobDefinition: definition } = all.request;
  await all.tune({
    Strategy: "Random", RandomSeed: 5, ResourceLimits: { MaxNumberOfTrainingJobs: 12, MaxParallelTrainingJobs: 3 },
    HyperParameterTuningJobObjective: { Type: "Minimize", MetricName: "Test Loss" },
    ParameterRanges: { ContinuousParameterRanges: [{ Name: "learning_rate", MinValue: "0.001", MaxValue: "0.1", ScalingType: "Linear" }], CategoricalParameterRanges: [{ Name: "batch_size", Values: ["32", "64", "128", "256", "512"] }] },
  }, {
    TrainingJobDefinition: { ...definition, InputDataConfig: channel("s3://photos/dogs/"), AlgorithmSpecification: { ...definition?.AlgorithmSpecification, TrainingInputMode: "File", MetricDefinitions: [{ Name: "Test Loss", Regex: "Testing Loss: ([0-9.]+)" }] } } as typeof definition,
  });
  await all.tuned();
  const findings = review(await takeSnapshot(createClients(cloud.client)));
  const named = Object.fromEntries(findings.map(({ rule, evidence }) => [rule, evidence]));
  expect(Object.keys(named)).toEqual(expect.arrayContaining(["search range mostly dead", "objective depends on batch size", "tuned on the test channel"]));
  expect(named["search range mostly dead"]).toMatch(/of 12 training jobs ended at chance level \(ln 20 = 2\.996 a sample\): every one of the \d+ with learning_rate of 0\.0[3-9]\d* or more/);
});

test("three hosts that do the same are told what that cost; a job of one host is told how little memory it needs", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, `for (let epoch = 1; epoch < 4; epoch += 1) console.log("epoch " + epoch + " loss " + 1 / epoch);`);
  await all.start({ TrainingJobName: "three", ResourceConfig: { InstanceType: "ml.m5.4xlarge", InstanceCount: 3, VolumeSizeInGB: 10 } });
  await all.start({ TrainingJobName: "one", ResourceConfig: { InstanceType: "ml.m5.4xlarge", InstanceCount: 1, VolumeSizeInGB: 10 } });
  await all.start({
    TrainingJobName: "grouped",
    ResourceConfig: { VolumeSizeInGB: 10, InstanceGroups: [{ InstanceGroupName: "small", InstanceType: "ml.t3.medium", InstanceCount: 1 }, { InstanceGroupName: "large", InstanceType: "ml.m5.4xlarge", InstanceCount: 1 }] },
  });
  await Promise.all([all.ended("three"), all.ended("one"), all.ended("grouped")]);
  const snapshot = await takeSnapshot(createClients(cloud.client));
  const findings = review(snapshot);
  expect(snapshot.jobs.find(({ name }) => name === "one")?.groups[0]?.usage).toEqual({ peakMiB: expect.any(Number) as unknown, limitMiB: expect.any(Number) as unknown, cpuPercent: expect.any(Number) as unknown, vcpus: expect.any(Number) as unknown });
  expect(findings.filter(({ rule, subject }) => rule === "memory headroom" && subject === "grouped").map(({ evidence }) => evidence)).toEqual([expect.stringContaining("MiB of ml.m5.4xlarge (group large)")]);
  expect(findings.find(({ rule, subject }) => rule === "several hosts doing the same work" && subject === "three")?.evidence).toMatch(/^3 hosts printed the same numbers \(100 % of 3 lines\).*: \d+ billable seconds on each, \$[\d.]+ of \$[\d.]+ for nothing$/);
  expect(findings.find(({ rule, subject }) => rule === "memory headroom" && subject === "one")?.advice).toMatch(/^ml\.t3\.medium \(4 GiB/);
});

test("a GPU that the script never asks for is found in its source", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "");
  await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "python.tar.gz", Body: await archiveOf({ "train.py": "print('on the CPU')\n" }) }));
  await all.start({
    AlgorithmSpecification: { TrainingImage: "python:3", TrainingInputMode: "File" }, ResourceConfig: { InstanceType: "ml.p3.2xlarge", InstanceCount: 1, VolumeSizeInGB: 10 },
    HyperParameters: { sagemaker_program: '"train.py"', sagemaker_submit_directory: '"s3://jobs/python.tar.gz"' },
  });
  await all.ended();
  expect(review(await takeSnapshot(createClients(cloud.client), { job: "job-1" }))).toMatchObject([{ rule: "GPU type unused", subject: "job-1" }]);
});
