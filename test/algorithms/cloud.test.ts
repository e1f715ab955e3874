import {
  CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, CreateTrainingJobCommand, DescribeTrainingJobCommand, SageMakerClient,
  waitUntilEndpointInService, waitUntilTrainingJobCompletedOrStopped, type Channel, type CreateTrainingJobCommandInput,
} from "@aws-sdk/client-sagemaker";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { expect, test } from "vitest";
import { createClients } from "../../src/sdk/index.ts";
import { interruptTrainingJob } from "../../src/sdk/interrupt.ts";
import { startCloud, type TestCloud } from "../support/cloud.ts";
import { makeRole } from "../support/roles.ts";
import { CLASSES, picture, pictures, type Files } from "./support/job.ts";
import { tinyBackbone } from "./support/tiny-backbone.ts";

const IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1";
const WAIT = { maxWaitTime: 90, minDelay: 1, maxDelay: 1 };

/** Puts a channel's files under its name in the bucket. */
async function upload(cloud: TestCloud, channel: string, files: Files): Promise<Channel> {
  const s3 = new S3Client(cloud.client);
  for (const [path, content] of Object.entries(files)) await s3.send(new PutObjectCommand({ Bucket: "pictures", Key: `${channel}/${path}`, Body: content }));
  return {
    ChannelName: channel, ContentType: "application/x-image",
    DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://pictures/${channel}/`, S3DataDistributionType: "FullyReplicated" } },
  };
}

async function startJob(cloud: TestCloud, hyperparameters: Readonly<Record<string, string>>, change: Partial<CreateTrainingJobCommandInput> = {}): Promise<{ readonly sagemaker: SageMakerClient; readonly role: string }> {
  const sagemaker = new SageMakerClient(cloud.client);
  await new S3Client(cloud.client).send(new CreateBucketCommand({ Bucket: "pictures" }));
  const role = await makeRole(cloud, { name: "sagemaker", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
  const [train, validation] = await Promise.all([pictures(8, 1), pictures(4, 9_000)]);
  await sagemaker.send(new CreateTrainingJobCommand({
    TrainingJobName: "kinds", RoleArn: role,
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: "File" },
    InputDataConfig: [
      await upload(cloud, "train", train.files), await upload(cloud, "validation", validation.files),
      await upload(cloud, "train_lst", { "train.lst": train.list }), await upload(cloud, "validation_lst", { "validation.lst": validation.list }),
      await upload(cloud, "backbone", { "tiny.onnx": tinyBackbone({ side: 32 }) }),
    ],
    OutputDataConfig: { S3OutputPath: "s3://pictures/out" },
    ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 120 },
    HyperParameters: { num_training_samples: "24", use_pretrained_model: "1", epochs: "20", mini_batch_size: "8", ...hyperparameters },
    ...change,
  }));
  return { sagemaker, role };
}

test("an interrupted spot job goes on with its whole network from its checkpoints", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud({ spot: "wait=0" });
  const hyperparameters = { num_classes: "3", use_pretrained_model: "0", num_layers: "20", image_shape: "3,32,32", epochs: "12", learning_rate: "0.05" };
  const { sagemaker } = await startJob(cloud, hyperparameters, {
    EnableManagedSpotTraining: true, CheckpointConfig: { S3Uri: "s3://pictures/checkpoints" }, StoppingCondition: { MaxRuntimeInSeconds: 100, MaxWaitTimeInSeconds: 200 },
  });
  const logs = new CloudWatchLogsClient(cloud.client);
  const lines = async (pattern: string): Promise<readonly string[]> => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: "kinds/", filterPattern: pattern }));
    return events.map(({ message = "" }) => message);
  };
  // There is no such group before the first line.
  await expect.poll(async () => (await lines('"Validation-accuracy"').catch(() => [])).length, { timeout: 60_000 }).toBeGreaterThan(1);
  await interruptTrainingJob(createClients(cloud.client), "kinds");
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "kinds" });
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "kinds" }));
  expect(job.TrainingJobStatus).toBe("Completed");
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toContain("Interrupted");
  expect(await lines('"Going on after"')).toHaveLength(1);
  expect(await lines('"Epoch[0] Validation-accuracy"')).toHaveLength(1);
  expect(await lines('"Epoch[11] Validation-accuracy"')).toHaveLength(1);
});

test("AWS's client trains on pictures in a bucket, deploys the artifact and gets probabilities for a picture", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker, role } = await startJob(cloud, { num_classes: "3" });
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "kinds" });
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "kinds" }));
  expect(job.TrainingJobStatus).toBe("Completed");
  const metrics = Object.fromEntries((job.FinalMetricDataList ?? []).map(({ MetricName, Value }) => [MetricName, Value]));
  expect(Object.keys(metrics).sort()).toEqual(["train:accuracy", "validation:accuracy"]);
  expect(metrics["validation:accuracy"]).toBeGreaterThan(0.6);

  await sagemaker.send(new CreateModelCommand({ ModelName: "kinds", ExecutionRoleArn: role, PrimaryContainer: { Image: IMAGE, ModelDataUrl: job.ModelArtifacts?.S3ModelArtifacts } }));
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: "kinds", ProductionVariants: [{ VariantName: "all", ModelName: "kinds", InstanceType: "ml.m5.large", InitialInstanceCount: 1 }] }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: "kinds", EndpointConfigName: "kinds" }));
  await waitUntilEndpointInService({ client: sagemaker, ...WAIT }, { EndpointName: "kinds" });
  const runtime = new SageMakerRuntimeClient(cloud.client);
  for (const [label, name] of CLASSES.entries()) {
    const { Body, ContentType } = await runtime.send(new InvokeEndpointCommand({ EndpointName: "kinds", ContentType: "application/x-image", Body: await picture(name, 4_000 + label) }));
    expect(ContentType).toBe("application/json");
    const probabilities = JSON.parse(Body.transformToString()) as number[];
    expect(probabilities.indexOf(Math.max(...probabilities))).toBe(label);
  }
  await expect(runtime.send(new InvokeEndpointCommand({ EndpointName: "kinds", ContentType: "application/x-image", Body: "no picture" }))).rejects.toMatchObject({
    name: "ModelError", OriginalStatusCode: 400, OriginalMessage: "The picture is neither a JPEG nor a PNG picture.",
  });
});

test("a job whose lists do not fit num_classes fails with the algorithm's own words", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  const { sagemaker } = await startJob(cloud, { num_classes: "2" });
  await expect(waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "kinds" })).rejects.toThrow();
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "kinds" }));
  expect(job.FailureReason).toContain("ClientError: train.lst, line 17: the class 2 does not fit num_classes=2; classes are numbered from 0 to 1.");
});

test("Debugger's rules judge the built-in algorithm by what it tells of its head", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  const rule = (name: string, parameters: Readonly<Record<string, string>> = {}) => ({
    RuleConfigurationName: name, RuleEvaluatorImage: "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest", RuleParameters: { rule_to_invoke: name, ...parameters },
  });
  const { sagemaker } = await startJob(cloud, { num_classes: "3", learning_rate: "0.1", epochs: "30" }, {
    DebugHookConfig: { S3OutputPath: "s3://pictures/debug", HookParameters: { save_interval: "5" } },
    DebugRuleConfigurations: [rule("LossNotDecreasing", { num_steps: "30" }), rule("VanishingGradient"), rule("ExplodingTensor"), rule("AllZero"), rule("ClassImbalance", { samples: "100" }), rule("DeadRelu"), rule("Overfit", { ratio_threshold: "1000" })],
    ProfilerRuleConfigurations: [rule("StepOutlier")],
  });
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: "kinds" });
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: "kinds" }));
  const statuses = [...(job.DebugRuleEvaluationStatuses ?? []), ...(job.ProfilerRuleEvaluationStatuses ?? [])].map(({ RuleConfigurationName: name, RuleEvaluationStatus: status, StatusDetails: details }) => [name, status, details]);
  expect(statuses).toEqual([
    ["LossNotDecreasing", "NoIssuesFound", undefined], ["VanishingGradient", "NoIssuesFound", undefined], ["ExplodingTensor", "NoIssuesFound", undefined], ["AllZero", "NoIssuesFound", undefined],
    ["ClassImbalance", "NoIssuesFound", undefined], ["DeadRelu", "NoIssuesFound", "not judged: no ReLU was told of"], ["Overfit", "NoIssuesFound", undefined], ["StepOutlier", "NoIssuesFound", undefined],
  ]);
});
