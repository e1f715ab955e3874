import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteTrainingJobCommand, DescribeHyperParameterTuningJobCommand, ListEndpointConfigsCommand, ListHyperParameterTuningJobsCommand, ListEndpointsCommand, ListModelsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { runUp } from "../../src/cli/run-up.ts";
import { down } from "../../src/project/down.ts";
import { invokeFunction } from "../../src/project/invoke.ts";
import { loadProject } from "../../src/project/load.ts";
import { applyTemplate } from "../../src/project/plan/apply.ts";
import { servingTemplate } from "../../src/project/template/serving.ts";
import { createClients } from "../../src/sdk/clients.ts";
import { startCloud } from "../support/cloud.ts";

const EXAMPLE = resolve("examples/dog-breeds");
const BREEDS = ["pug", "samoyed", "saint_bernard"];
// More than one mini-batch of 32 to train on.
const PICTURES = 18;
const PLACE = { account: "000000000000", region: "us-east-1" };

/** The example on three breeds and a few pictures of each: everything as it is, in seconds. */
function smallProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  for (const file of ["sagebrush.config.ts", "classify.ts", "fetch-picture.ts"]) cpSync(join(EXAMPLE, file), join(folder, file));
  for (const breed of BREEDS) {
    mkdirSync(join(folder, "data", breed), { recursive: true });
    for (const file of readdirSync(join(EXAMPLE, "data", breed)).slice(0, PICTURES)) cpSync(join(EXAMPLE, "data", breed, file), join(folder, "data", breed, file));
  }
  return folder;
}

test("a project with a search takes the best training job of its tuning job, and finds it again", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  const clients = createClients({ endpoint: cloud.endpoint, region: "us-east-1", credentials: cloud.client.credentials });
  const projectPath = smallProject();
  const config = join(projectPath, "sagebrush.config.ts");
  writeFileSync(config, readFileSync(config, "utf8").replace('    hyperparameters:', '    tuning: { strategy: "Random", maxJobs: 3, maxParallelJobs: 2, ranges: { learning_rate: { min: 0.0001, max: 0.5, scaling: "Logarithmic" }, optimizer: { values: ["sgd", "adam"] } } },\n    hyperparameters:'));
  const { result } = await runUp(clients, { projectPath, data: cloud.folder });
  const sagemaker = new SageMakerClient(cloud.client);
  const { HyperParameterTuningJobSummaries: [tuning] = [] } = await sagemaker.send(new ListHyperParameterTuningJobsCommand({}));
  expect(tuning).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Completed: 3 } });
  const described = await sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: tuning?.HyperParameterTuningJobName }));
  expect(result.model).toMatchObject({ jobName: described.BestTrainingJob?.TrainingJobName, reused: false });
  expect(Object.keys(described.BestTrainingJob?.TunedHyperParameters ?? {}).toSorted()).toEqual(["learning_rate", "optimizer"]);
  expect(described.TrainingJobDefinition?.StaticHyperParameters).toMatchObject({ num_classes: "3", epochs: "100" });
  const again = await runUp(clients, { projectPath, data: cloud.folder });
  expect(again.result.model).toMatchObject({ jobName: result.model.jobName, reused: true });
  rmSync(projectPath, { recursive: true, force: true });
});

test("a project comes up, is found again, is denied and allowed by its role, and goes down", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  const clients = createClients({ endpoint: cloud.endpoint, region: "us-east-1", credentials: cloud.client.credentials });
  const projectPath = smallProject();
  const { result } = await runUp(clients, { projectPath, data: cloud.folder });
  expect(result.model.reused).toBe(false);
  expect(result.evaluation.chance).toBeCloseTo(1 / 3);
  expect(result.evaluation.pictures).toBe(9);
  const said = result.answer.payload as { statusCode: number; body: string };
  expect(said.statusCode).toBe(200);
  const { breed, probability, top } = JSON.parse(said.body) as { breed: string; probability: number; top: { probability: number }[] };
  expect(BREEDS).toContain(breed);
  expect(top.reduce((sum, each) => sum + each.probability, 0)).toBeCloseTo(1, 4);
  expect(probability).toBe(top[0]?.probability);

  // Another endpoint size is another configuration: it takes over under the endpoint's own name, and the old one goes.
  const config = join(projectPath, "sagebrush.config.ts");
  writeFileSync(config, readFileSync(config, "utf8").replace("ml.m5.large", "ml.m5.xlarge"));
  const larger = await runUp(clients, { projectPath, data: cloud.folder });
  expect(larger.result.model.reused).toBe(true);
  const { EndpointConfigs = [] } = await new SageMakerClient(cloud.client).send(new ListEndpointConfigsCommand({}));
  expect(EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName)).toEqual([expect.stringMatching(/^dog-breeds-[0-9a-f]{12}-ml-m5-xlarge-1$/)]);

  const again = await runUp(clients, { projectPath, data: cloud.folder });
  expect(again.result.model).toMatchObject({ reused: true, jobName: result.model.jobName });

  // Without the one permission the function is told so in AWS's words; with it, it works again, without a restart.
  const iam = new IAMClient(cloud.client);
  const put = (actions: readonly string[]) => iam.send(new PutRolePolicyCommand({
    RoleName: "dog-breeds-function", PolicyName: "least-privilege",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] }),
  }));
  const picture = readdirSync(join(projectPath, "data/pug"))[0] ?? "";
  const event = { image: readFileSync(join(projectPath, "data/pug", picture)).toString("base64") };
  await put(["logs:PutLogEvents"]);
  const denied = (await invokeFunction(clients, "dog-breeds", event)).payload as { statusCode: number; body: string };
  expect(denied.statusCode).toBe(502);
  expect(JSON.parse(denied.body)).toEqual({
    error: "AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/dog-breeds-function/dog-breeds is not authorized to perform: sagemaker:InvokeEndpoint on resource: arn:aws:sagemaker:us-east-1:000000000000:endpoint/dog-breeds because no identity-based policy allows the sagemaker:InvokeEndpoint action",
  });
  await put(["logs:PutLogEvents", "sagemaker:InvokeEndpoint"]);
  expect((await invokeFunction(clients, "dog-breeds", event)).payload).toMatchObject({ statusCode: 200 });

  const { project } = await loadProject(projectPath);
  await down(project, { clients, place: PLACE, everything: true, onRemove: () => undefined });
  const sagemaker = new SageMakerClient(cloud.client);
  expect((await sagemaker.send(new ListEndpointsCommand({}))).Endpoints).toEqual([]);
  expect((await sagemaker.send(new ListEndpointConfigsCommand({}))).EndpointConfigs).toEqual([]);
  expect((await sagemaker.send(new ListModelsCommand({}))).Models).toEqual([]);

  // The job's record outlives the bucket with its artifact: the project is trained anew, not looked for in vain.
  const anew = await runUp(clients, { projectPath, data: cloud.folder });
  expect(anew.result.model).toMatchObject({ reused: false, jobName: `${result.model.jobName}-2` });
  await down(project, { clients, place: PLACE, everything: true, onRemove: () => undefined });
  await sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: result.model.jobName }));
});

test("what an apply made is taken back when it cannot be completed", async () => {
  await using cloud = await startCloud();
  const clients = createClients({ endpoint: cloud.endpoint, region: "us-east-1", credentials: cloud.client.credentials });
  const { project } = await loadProject(smallProject());
  const release = { image: "image-classification:1", artifact: "s3://nowhere/model.tar.gz", artifactHash: "ab".repeat(32), functionKey: "none.zip" };
  await expect(applyTemplate(servingTemplate(project, PLACE, release), { clients, place: PLACE })).rejects.toThrow("Could not access model data at s3://nowhere/model.tar.gz");
  const { ListRolesCommand } = await import("@aws-sdk/client-iam");
  expect((await new IAMClient(cloud.client).send(new ListRolesCommand({}))).Roles).toEqual([]);
});

test("a function that cannot be bundled stops a project before it costs anything", async () => {
  await using cloud = await startCloud();
  const clients = createClients({ endpoint: cloud.endpoint, region: "us-east-1", credentials: cloud.client.credentials });
  const projectPath = smallProject();
  rmSync(join(projectPath, "classify.ts"));
  await expect(runUp(clients, { projectPath, data: cloud.folder })).rejects.toThrow(/^function\.handler: .*Could not resolve .*classify\.ts/s);
  const { ListBucketsCommand, S3Client } = await import("@aws-sdk/client-s3");
  expect((await new S3Client(cloud.client).send(new ListBucketsCommand({}))).Buckets).toEqual([]);
});

test("an artifact that does not serve is not deployed", { timeout: 60_000 }, async () => {
  const { checkArtifact } = await import("../../src/project/check-artifact.ts");
  const { openHost } = await import("../../src/cloud/machine-host.ts");
  const { systemClock } = await import("../../src/shared/clock.ts");
  const { silentLog } = await import("../../src/shared/log.ts");
  const folder = mkdtempSync(join(tmpdir(), "bad-artifact-"));
  mkdirSync(join(folder, "model"));
  writeFileSync(join(folder, "model/model.onnx"), "not a model");
  const machines = await openHost({ folder: join(folder, "machines"), hide: folder, clock: systemClock, log: silentLog });
  const artifact = { folder: join(folder, "model"), hash: "", files: ["model.onnx"], labels: [] };
  await expect(checkArtifact(artifact, {
    machines, clock: systemClock, image: "image-classification:1", instanceType: "ml.m5.large", region: "us-east-1", sample: new Uint8Array([1]), classes: 3,
  })).rejects.toThrow(/the artifact does not serve: The primary container did not pass the ping health check.*could not be loaded/s);
  await machines.stop(0);
});

test("what somebody else made under a project's name is neither changed nor removed", async () => {
  await using cloud = await startCloud();
  const clients = createClients({ endpoint: cloud.endpoint, region: "us-east-1", credentials: cloud.client.credentials });
  const { project } = await loadProject(smallProject());
  const iam = new IAMClient(cloud.client);
  const { CreateRoleCommand, GetRoleCommand } = await import("@aws-sdk/client-iam");
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }] });
  for (const RoleName of ["dog-breeds-training", "dog-breeds-function"]) await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));
  const { foundationTemplate } = await import("../../src/project/template/foundation.ts");
  await expect(applyTemplate(foundationTemplate(project, PLACE), { clients, place: PLACE })).rejects.toThrow('dog-breeds-training (AWS::IAM::Role) is there and was not made by "sagebrush up"');
  await down(project, { clients, place: PLACE, everything: true, onRemove: () => undefined });
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: "dog-breeds-function" }));
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(trust);
});
