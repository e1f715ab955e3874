import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateTrainingJobCommand, DescribeTrainingJobCommand, SageMakerClient, waitUntilTrainingJobCompletedOrStopped } from "@aws-sdk/client-sagemaker";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { encodeBatch, readBatches, type SentBatch } from "../../src/algorithms/image-classification/peers.ts";
import { decodeModel, floatsOf } from "../../src/learn/onnx.ts";
import { bytesOf } from "../conformance/sagemaker/support/archive.ts";
import { startCloud } from "../support/cloud.ts";
import { makeRole } from "../support/roles.ts";
import { list } from "./support/job.ts";

const DATA = new URL("../../examples/dog-breeds/data", import.meta.url).pathname;
const BREEDS = ["samoyed", "pug"];

test("several hosts divide the pictures of a job, and its model is the one of a single host", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  const sagemaker = new SageMakerClient(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "dogs" }));
  const RoleArn = await makeRole(cloud, { name: "sagemaker", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
  const put = (Key: string, Body: string | Uint8Array) => s3.send(new PutObjectCommand({ Bucket: "dogs", Key, Body }));
  for (const [channel, from, to] of [["train", 0, 24], ["validation", 24, 30]] as const) {
    const entries = BREEDS.flatMap((breed, label) => readdirSync(join(DATA, breed)).toSorted().slice(from, to).map((file) => [label, `${breed}/${file}`] as const));
    for (const [, path] of entries) await put(`${channel}/${path}`, readFileSync(join(DATA, path)));
    await put(`${channel}_lst/${channel}.lst`, list(entries));
  }
  const train = async (name: string, InstanceCount: number): Promise<readonly number[]> => {
    await sagemaker.send(new CreateTrainingJobCommand({
      TrainingJobName: name, RoleArn, OutputDataConfig: { S3OutputPath: "s3://dogs/out" }, StoppingCondition: { MaxRuntimeInSeconds: 120 },
      AlgorithmSpecification: { TrainingImage: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1", TrainingInputMode: "File" },
      ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount, VolumeSizeInGB: 10 },
      InputDataConfig: ["train", "validation", "train_lst", "validation_lst"].map((ChannelName) => ({
        ChannelName, ContentType: "application/x-image", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://dogs/${ChannelName}/`, S3DataDistributionType: "FullyReplicated" } },
      })),
      HyperParameters: { num_classes: "2", num_training_samples: "48", use_pretrained_model: "1", epochs: "10", mini_batch_size: "8", augmentation_type: "crop" },
    }));
    await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TrainingJobName: name }).catch(() => undefined);
    expect((await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }))).FailureReason).toBeUndefined();
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "dogs", Key: `out/${name}/output/model.tar.gz` }));
    const model = (await bytesOf((await Body?.transformToByteArray()) ?? new Uint8Array()))["model.onnx"];
    if (model === undefined) throw new Error("the artifact has no model.onnx");
    const head = decodeModel(Uint8Array.from(model)).graph.initializer.filter((tensor) => tensor.name?.startsWith("sagebrush_"));
    return head.flatMap((tensor) => [...floatsOf(tensor)]);
  };
  const [one, three] = [await train("one", 1), await train("three", 3)];
  expect(one.length).toBeGreaterThan(1000);
  expect(three.length).toBe(one.length);
  expect(Math.max(...one.map((value, index) => Math.abs(value - (three[index] ?? Infinity))))).toBeLessThan(1e-6);

  const { events = [] } = await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: "three/" }));
  const said = (text: string): number => events.filter(({ message = "" }) => message.includes(text)).length;
  expect([said("of 3: each computes"), said("are with the first one, which trains"), said("Best model")]).toEqual([3, 2, 1]);
});

test("a mistake in the lists ends a job of two hosts as it ends one of a single host", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  const sagemaker = new SageMakerClient(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "dogs" }));
  const RoleArn = await makeRole(cloud, { name: "sagemaker", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
  for (const channel of ["train", "validation", "train_lst", "validation_lst"]) await s3.send(new PutObjectCommand({ Bucket: "dogs", Key: `${channel}/a.lst`, Body: list([[0, "no.jpg"], [1, "no.jpg"]]) }));
  await sagemaker.send(new CreateTrainingJobCommand({
    TrainingJobName: "wrong", RoleArn, OutputDataConfig: { S3OutputPath: "s3://dogs/out" }, StoppingCondition: { MaxRuntimeInSeconds: 120 },
    AlgorithmSpecification: { TrainingImage: "image-classification:1", TrainingInputMode: "File" }, ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 2, VolumeSizeInGB: 10 },
    InputDataConfig: ["train", "validation", "train_lst", "validation_lst"].map((ChannelName) => ({ ChannelName, DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://dogs/${ChannelName}/` } } })),
    HyperParameters: { num_classes: "2", num_training_samples: "2", mini_batch_size: "2", use_pretrained_model: "1" },
  }));
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, maxWaitTime: 40, minDelay: 1, maxDelay: 1 }, { TrainingJobName: "wrong" }).catch(() => undefined);
  expect((await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "wrong" }))).FailureReason).toMatch(/^ClientError: The class 0 \(0\) has no usable picture[^]* \(on host algo-1\)$/);
});

test("a batch arrives as it was sent, however the network cuts it", async () => {
  const batch: SentBatch = { channel: "train", index: 3, pictures: [48, 50], skipped: [{ path: "49.jpg", reason: "is ünreadable" }], values: Float32Array.from([1.5, -2, 3e-8, 4]) };
  const bytes = Buffer.concat([encodeBatch(batch), encodeBatch({ ...batch, index: 4, values: new Float32Array(0) })]);
  for (const size of [1, 7, 64, bytes.length]) {
    const socket = new PassThrough();
    const seen: SentBatch[] = [];
    readBatches(socket, (each) => void seen.push(each));
    for (let at = 0; at < bytes.length; at += size) socket.write(bytes.subarray(at, at + size));
    await setImmediate();
    expect(seen).toEqual([batch, { ...batch, index: 4, values: new Float32Array(0) }]);
  }
});
