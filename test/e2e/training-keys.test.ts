import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CloudWatchLogsClient, DescribeLogStreamsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeTrainingJobCommand, SageMakerClient, type DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { runUp } from "../../src/cli/run-up.ts";
import { createClients } from "../../src/sdk/clients.ts";
import { startCloud, type TestCloud } from "../support/cloud.ts";

const EXAMPLE = resolve("examples/dog-breeds");
const BREEDS = ["pug", "samoyed", "saint_bernard"];
const BUCKET = "dog-breeds-000000000000-us-east-1";

/** The example on three breeds and a few pictures of each, with other lines in its project file. */
function exampleWith(change: (config: string) => string): { readonly folder: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), "project-"));
  for (const file of ["classify.ts", "fetch-picture.ts"]) cpSync(join(EXAMPLE, file), join(folder, file));
  writeFileSync(join(folder, "sagebrush.config.ts"), change(readFileSync(join(EXAMPLE, "sagebrush.config.ts"), "utf8")));
  for (const breed of BREEDS) {
    mkdirSync(join(folder, "data", breed), { recursive: true });
    for (const file of readdirSync(join(EXAMPLE, "data", breed)).slice(0, 18)) cpSync(join(EXAMPLE, "data", breed, file), join(folder, "data", breed, file));
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Brings it up and looks at its training job through the AWS SDK. */
async function upAndLook(cloud: TestCloud, folder: string): Promise<{ readonly job: DescribeTrainingJobCommandOutput; readonly up: Awaited<ReturnType<typeof runUp>>["result"] }> {
  const clients = createClients({ endpoint: cloud.endpoint, region: "us-east-1", credentials: cloud.client.credentials });
  const { result: up } = await runUp(clients, { projectPath: folder, data: cloud.folder });
  return { up, job: await new SageMakerClient(cloud.client).send(new DescribeTrainingJobCommand({ TrainingJobName: up.model.jobName })) };
}

/** Knows the classes by the folders of its channel, and leaves a server that takes none for likelier; the first host alone writes. */
const TRAIN = `
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
const classes = readdirSync(process.env.SM_CHANNEL_TRAIN).toSorted();
const { rounds, fast } = JSON.parse(process.env.SM_HPS);
console.log("host " + process.env.SM_CURRENT_HOST + " of " + process.env.SM_HOSTS + ", " + typeof rounds + " " + typeof fast);
console.log("share=" + 1 / classes.length + ";");
if (process.env.SM_CURRENT_HOST === "algo-1") {
  mkdirSync(process.env.SM_MODEL_DIR + "/code");
  writeFileSync(process.env.SM_MODEL_DIR + "/code/serve.mjs", \`
    import { createServer } from "node:http";
    createServer(async (request, response) => {
      for await (const _ of request);
      response.setHeader("content-type", "application/json").end(request.url === "/ping" ? "" : '\${JSON.stringify(classes.map(() => 1 / classes.length))}');
    }).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), process.env.SAGEMAKER_BIND_ADDRESS);
  \`);
}
`;

test("training.script and training.instances.count: the project's own script trains on two instances, and its model answers", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  using at = exampleWith((config) => config
    .replace(/ +algorithm: .*\n/, '    script: { framework: "node", entry: "train.mjs", metrics: { share: "share=([0-9.]+);" } },\n')
    .replace('type: "ml.m5.xlarge"', 'type: "ml.m5.xlarge", count: 2').replace(/hyperparameters: .*\n/, "hyperparameters: { rounds: 3, fast: true },\n"));
  mkdirSync(join(at.folder, "source"));
  writeFileSync(join(at.folder, "source/train.mjs"), TRAIN);
  const { job, up } = await upAndLook(cloud, at.folder);
  expect(job).toMatchObject({
    TrainingJobStatus: "Completed", AlgorithmSpecification: { TrainingImage: "node-training:24", MetricDefinitions: [{ Name: "share", Regex: "share=([0-9.]+);" }] },
    ResourceConfig: { InstanceCount: 2 }, HyperParameters: { sagemaker_program: '"train.mjs"', rounds: "3", fast: "true" },
  });
  expect(job.FinalMetricDataList?.[0]).toMatchObject({ MetricName: "share", Value: expect.closeTo(1 / 3, 6) as number });
  const { logStreams = [] } = await new CloudWatchLogsClient(cloud.client).send(new DescribeLogStreamsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: `${up.model.jobName}/` }));
  expect(logStreams.map(({ logStreamName = "" }) => /algo-\d/.exec(logStreamName)?.[0])).toEqual(["algo-1", "algo-2"]);
  expect((up.answer.payload as { statusCode: number }).statusCode).toBe(200);
  // Another script is another recipe; the same one is found.
  const again = await upAndLook(cloud, at.folder);
  expect(again.up.model).toMatchObject({ jobName: up.model.jobName, reused: true });
  writeFileSync(join(at.folder, "source/train.mjs"), `${TRAIN}// other`);
  expect((await upAndLook(cloud, at.folder)).up.model).toMatchObject({ reused: false });
});

test("training.instances.count: the built-in algorithm trains on two instances as well", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  using at = exampleWith((config) => config.replace('type: "ml.m5.xlarge"', 'type: "ml.m5.xlarge", count: 2'));
  const { job, up } = await upAndLook(cloud, at.folder);
  expect(job).toMatchObject({ TrainingJobStatus: "Completed", ResourceConfig: { InstanceType: "ml.m5.xlarge", InstanceCount: 2 } });
  expect(up.costs.find(({ title }) => title === "Train on 2 x ml.m5.xlarge")?.usd).toBeCloseTo((0.23 * 2 * (job.BillableTimeInSeconds ?? 0)) / 3600, 6);
});

test("training.rules: the job is judged while it trains, and a profiler report lies in the bucket", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  using at = exampleWith((config) => config.replace("    hyperparameters:", '    rules: ["VanishingGradient", { rule: "LossNotDecreasing", parameters: { num_steps: 1, diff_percent: 99 } }, "ProfilerReport"],\n    saveInterval: 1,\n    hyperparameters:'));
  const { job, up } = await upAndLook(cloud, at.folder);
  expect(job.DebugHookConfig).toMatchObject({ S3OutputPath: `s3://${BUCKET}/training/tensors`, HookParameters: { save_interval: "1" } });
  expect(job.DebugRuleEvaluationStatuses).toMatchObject([
    { RuleConfigurationName: "VanishingGradient", RuleEvaluationStatus: "NoIssuesFound" },
    { RuleConfigurationName: "LossNotDecreasing", RuleEvaluationStatus: "IssuesFound", StatusDetails: expect.stringContaining("less than 99 %") as unknown },
  ]);
  expect(job.ProfilerRuleEvaluationStatuses).toMatchObject([{ RuleConfigurationName: "ProfilerReport", RuleEvaluationStatus: "NoIssuesFound" }]);
  const page = await new S3Client(cloud.client).send(new GetObjectCommand({ Bucket: BUCKET, Key: `training/${up.model.jobName}/rule-output/ProfilerReport/profiler-output/profiler-report.html` }));
  expect(await page.Body?.transformToString()).toContain("<h2>The steps</h2><p>The first step ended");
});

test("training.spot: the job runs on spot instances at their discount, with checkpoints in the project's bucket", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  using at = exampleWith((config) => config.replace("    hyperparameters:", "    spot: { maxWaitSeconds: 4000 },\n    hyperparameters:"));
  const { job, up } = await upAndLook(cloud, at.folder);
  expect(job).toMatchObject({
    TrainingJobStatus: "Completed", EnableManagedSpotTraining: true, StoppingCondition: { MaxRuntimeInSeconds: 3600, MaxWaitTimeInSeconds: 4000 },
    CheckpointConfig: { S3Uri: `s3://${BUCKET}/training/checkpoints/${up.model.jobName}` },
  });
  expect(job.BillableTimeInSeconds).toBe(Math.ceil((job.TrainingTimeInSeconds ?? 0) * 0.3));
});
