import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTrainingJobCommand, DescribeTrainingJobCommand, SageMakerClient, type CreateTrainingJobCommandInput, type DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import { expect } from "vitest";
import type { ClientSettings, TestCloud } from "../../../support/cloud.ts";
import { makeRole } from "../../../support/roles.ts";
import { archiveOf } from "./archive.ts";

export interface Jobs {
  readonly sagemaker: SageMakerClient;
  readonly s3: S3Client;
  /** A request that works; tests change what they are about. */
  readonly input: CreateTrainingJobCommandInput;
  start(change?: Partial<CreateTrainingJobCommandInput>): Promise<void>;
  describe(name?: string): Promise<DescribeTrainingJobCommandOutput>;
  untilSecondary(status: string, name?: string): Promise<DescribeTrainingJobCommandOutput>;
  ended(name?: string): Promise<DescribeTrainingJobCommandOutput>;
}

const NAME = "job-1";

const requestOf = (RoleArn: string): CreateTrainingJobCommandInput => ({
  TrainingJobName: NAME, RoleArn,
  AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "File" },
  InputDataConfig: [{ ChannelName: "training", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://jobs/data/" } } }],
  OutputDataConfig: { S3OutputPath: "s3://jobs/out" },
  ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
  StoppingCondition: { MaxRuntimeInSeconds: 600 },
  HyperParameters: { sagemaker_program: '"train.mjs"', sagemaker_submit_directory: '"s3://jobs/source.tar.gz"' },
});

/** A bucket with data and a script, and a role that may use both: what a script job needs. */
export async function jobs(cloud: { readonly client: ClientSettings }, script: string, { actions = ["s3:*", "logs:*"] }: { readonly actions?: readonly string[] } = {}): Promise<Jobs> {
  const s3 = new S3Client(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "jobs" }));
  await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/a.txt", Body: "hello" }));
  await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "data/deep/b.txt", Body: "world" }));
  await s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "source.tar.gz", Body: await archiveOf({ "train.mjs": script }) }));
  await makeRole(cloud as TestCloud, { name: "training", service: "sagemaker.amazonaws.com", actions });
  return again(cloud);
}

/** The same once more, where it is all there: after the server was started again. */
export function again(cloud: { readonly client: ClientSettings }): Jobs {
  const sagemaker = new SageMakerClient(cloud.client);
  const input = requestOf("arn:aws:iam::000000000000:role/training");
  return { ...watching(cloud), s3: new S3Client(cloud.client), sagemaker, input, start: async (change = {}) => void (await sagemaker.send(new CreateTrainingJobCommand({ ...input, ...change }))) };
}

/** What looks at jobs, also after the server was started again. */
export function watching(cloud: { readonly client: ClientSettings }): Pick<Jobs, "describe" | "untilSecondary" | "ended"> {
  const sagemaker = new SageMakerClient(cloud.client);
  const describe: Jobs["describe"] = (name = NAME) => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  const until = async (is: (job: DescribeTrainingJobCommandOutput) => boolean, name?: string): Promise<DescribeTrainingJobCommandOutput> => {
    // As long as the slowest test may take: what is too slow is said by the test's own limit.
    await expect.poll(async () => is(await describe(name)), { timeout: 85_000, interval: 50 }).toBe(true);
    return describe(name);
  };
  return {
    describe,
    untilSecondary: (status, name) => until(({ SecondaryStatus }) => SecondaryStatus === status, name),
    ended: (name) => until(({ TrainingJobStatus }) => TrainingJobStatus !== "InProgress" && TrainingJobStatus !== "Stopping", name),
  };
}
