import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  AddTagsCommand, CreateEndpointConfigCommand, CreateModelCommand, CreateTrainingJobCommand, DeleteModelCommand, DeleteTagsCommand, DescribeModelCommand, ListEndpointConfigsCommand, ListModelsCommand,
  ListTagsCommand, ListTrainingJobsCommand, paginateListModels, SageMakerClient, StopTrainingJobCommand,
} from "@aws-sdk/client-sagemaker";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { archiveOf } from "./support/archive.ts";
import { hosting } from "./support/endpoint.ts";
import { jobs } from "./support/job.ts";

async function models(cloud: TestCloud, names: readonly string[]): Promise<SageMakerClient> {
  const { s3, sagemaker, role } = await hosting(cloud);
  await s3.send(new PutObjectCommand({ Bucket: "models", Key: "m.tar.gz", Body: await archiveOf({ "code/serve.mjs": "" }) }));
  for (const ModelName of names) {
    await sagemaker.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: role, PrimaryContainer: { Image: "node-inference", ModelDataUrl: "s3://models/m.tar.gz" } }));
    cloud.clock.advance(1_000);
  }
  return sagemaker;
}

const ARN = "arn:aws:sagemaker:us-east-1:000000000000:model";

test("models are listed newest first, page by page, also while some of them go", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const names = ["Beagle", "collie", "Dachshund", "pug", "Husky"];
  const sagemaker = await models(cloud, names);
  const pages: string[][] = [];
  for await (const { Models = [] } of paginateListModels({ client: sagemaker, pageSize: 2 }, {})) pages.push(Models.map(({ ModelName = "" }) => ModelName));
  expect(pages).toEqual([["Husky", "pug"], ["Dachshund", "collie"], ["Beagle"]]);
  const namesOf = async (input: object): Promise<readonly (string | undefined)[]> => ((await sagemaker.send(new ListModelsCommand(input))).Models ?? []).map(({ ModelName }) => ModelName);
  expect(await namesOf({ SortBy: "Name", SortOrder: "Ascending", NameContains: "U" })).toEqual(["Dachshund", "Husky", "pug"]);
  const first = await sagemaker.send(new ListModelsCommand({ MaxResults: 2 }));
  await sagemaker.send(new DeleteModelCommand({ ModelName: "pug" }));
  expect(await namesOf({ MaxResults: 2, NextToken: first.NextToken })).toEqual(["Dachshund", "collie"]);
  const [newest] = first.Models ?? [];
  expect(await namesOf({ CreationTimeBefore: newest?.CreationTime })).toEqual(["Dachshund", "collie", "Beagle"]);
  expect(await namesOf({ CreationTimeAfter: newest?.CreationTime })).toEqual(["Husky"]);
  await expect(namesOf({ NextToken: "nonsense" })).rejects.toMatchObject({ name: "ValidationException" });
});

test("ten are listed when nothing is said, and the two other kinds of lists page as well", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const sagemaker = await models(cloud, Array.from({ length: 12 }, (_, index) => `model-${index}`));
  const page = await sagemaker.send(new ListModelsCommand({}));
  expect(page.Models).toHaveLength(10);
  expect((await sagemaker.send(new ListModelsCommand({ NextToken: page.NextToken }))).Models).toHaveLength(2);
  for (const EndpointConfigName of ["a", "b", "c"]) {
    await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants: [{ VariantName: "v", ModelName: "model-0", InstanceType: "ml.t2.medium", InitialInstanceCount: 1 }] }));
  }
  const configs = await sagemaker.send(new ListEndpointConfigsCommand({ SortBy: "Name", SortOrder: "Ascending", MaxResults: 2 }));
  expect(configs.EndpointConfigs?.map(({ EndpointConfigName }) => EndpointConfigName)).toEqual(["a", "b"]);
  expect((await sagemaker.send(new ListEndpointConfigsCommand({ SortBy: "Name", SortOrder: "Ascending", NextToken: configs.NextToken }))).EndpointConfigs).toMatchObject([{ EndpointConfigName: "c" }]);
});

test("jobs are listed oldest first, and by status", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud({}, { capacity: { memoryMiB: 1024 } });
  const { sagemaker, start, untilSecondary, ended, describe } = await jobs(cloud, "");
  await start({ TrainingJobName: "first" });
  await start({ TrainingJobName: "second" });
  await untilSecondary("Pending", "second");
  await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "second" }));
  await ended("second");
  const list = async (input: object): Promise<readonly (string | undefined)[]> => ((await sagemaker.send(new ListTrainingJobsCommand(input))).TrainingJobSummaries ?? []).map(({ TrainingJobName }) => TrainingJobName);
  expect(await list({})).toEqual(["first", "second"]);
  expect(await list({ SortOrder: "Descending" })).toEqual(["second", "first"]);
  expect(await list({ StatusEquals: "Stopped" })).toEqual(["second"]);
  expect(await list({ WarmPoolStatusEquals: "Available" })).toEqual([]);
  expect(await list({ NameContains: "SECO" })).toEqual(["second"]);
  expect(await list({ SortBy: "Name", SortOrder: "Descending" })).toEqual(["second", "first"]);
  expect(await list({ SortBy: "Status" })).toEqual(["first", "second"]);
  const { CreationTime: created, LastModifiedTime: modified } = await describe("second");
  expect(await list({ CreationTimeAfter: created })).toEqual(["second"]);
  expect(await list({ CreationTimeBefore: created })).toEqual(["first"]);
  expect(await list({ LastModifiedTimeBefore: modified })).toEqual(["first"]);
  expect(await list({ LastModifiedTimeAfter: new Date((modified?.getTime() ?? 0) - 1) })).toEqual(["second"]);
});

test("tags are kept from creation, added, overwritten, removed, and refused where AWS keeps the name", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const sagemaker = await models(cloud, ["Tagged"]);
  const ResourceArn = `${ARN}/tagged`;
  expect((await sagemaker.send(new DescribeModelCommand({ ModelName: "Tagged" }))).ModelArn).toBe(ResourceArn);
  const tags = async (): Promise<unknown> => (await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags;
  await sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: "team", Value: "dogs" }, { Key: "stage", Value: "test" }] }));
  await sagemaker.send(new AddTagsCommand({ ResourceArn: `${ARN}/Tagged`, Tags: [{ Key: "stage", Value: "live" }] }));
  expect(await tags()).toEqual([{ Key: "team", Value: "dogs" }, { Key: "stage", Value: "live" }]);
  await sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ["team"] }));
  expect(await tags()).toEqual([{ Key: "stage", Value: "live" }]);
  await expect(sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: "aws:owner", Value: "me" }] }))).rejects.toMatchObject({ name: "ValidationException" });
  await expect(sagemaker.send(new ListTagsCommand({ ResourceArn: `${ARN}/nobody` }))).rejects.toMatchObject({ name: "ValidationException" });
  await expect(sagemaker.send(new ListTagsCommand({ ResourceArn: "arn:aws:sagemaker:us-east-1:111111111111:model/tagged" }))).rejects.toMatchObject({ name: "ValidationException" });
  await sagemaker.send(new DeleteModelCommand({ ModelName: "Tagged" }));
  await expect(tags()).rejects.toMatchObject({ name: "ValidationException" });
});

test("policies see instance types, tags asked for and tags there, and tags at creation need AddTags", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const { input } = await jobs(cloud, "");
  const iam = new IAMClient(cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "trainer" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "trainer" }));
  const trainer = new SageMakerClient({ ...cloud.client, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" } });
  const allow = (Action: readonly string[], Condition: object = {}): object => ({ Effect: "Allow", Action, Resource: "*", Condition });
  const permit = (...Statement: readonly object[]) => iam.send(new PutUserPolicyCommand({ UserName: "trainer", PolicyName: "p", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }) }));
  const create = (change: object = {}) => trainer.send(new CreateTrainingJobCommand({ ...input, ...change }));
  const small = allow(["sagemaker:CreateTrainingJob"], { "ForAllValues:StringLike": { "sagemaker:InstanceTypes": ["ml.m5.*"] }, NumericLessThanEquals: { "sagemaker:MaxRuntimeInSeconds": "600" } });
  await permit(small);
  await expect(create()).rejects.toMatchObject({ name: "AccessDeniedException", message: expect.stringContaining("is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/training") as string });
  await permit(small, allow(["iam:PassRole"], { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } }), allow(["sagemaker:StopTrainingJob"], { StringEquals: { "aws:ResourceTag/team": "dogs" } }));
  await expect(create({ ResourceConfig: { ...input.ResourceConfig, InstanceType: "ml.p3.2xlarge" } })).rejects.toMatchObject({ message: expect.stringContaining("sagemaker:CreateTrainingJob on resource: arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1") as string });
  await expect(create({ StoppingCondition: { MaxRuntimeInSeconds: 601 } })).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(create({ Tags: [{ Key: "team", Value: "dogs" }] })).rejects.toMatchObject({ message: expect.stringContaining("sagemaker:AddTags on resource: arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1") as string });
  await create();
  await expect(trainer.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }))).rejects.toMatchObject({ name: "AccessDeniedException" });
  await new SageMakerClient(cloud.client).send(new AddTagsCommand({ ResourceArn: "arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1", Tags: [{ Key: "team", Value: "dogs" }] }));
  await trainer.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" })).catch((error: Error) => expect(error.name).toBe("ValidationException"));
});
