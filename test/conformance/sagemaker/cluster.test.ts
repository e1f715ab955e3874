import { CloudWatchLogsClient, DescribeLogStreamsCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { filesOf } from "./support/archive.ts";
import { jobs, type Jobs } from "./support/job.ts";

const onHosts = (InstanceCount: number) => ({ ResourceConfig: { InstanceType: "ml.m5.large" as const, InstanceCount, VolumeSizeInGB: 10 } });

/** The host named algo-1 listens; every other finds it by name and says who it is. */
const MEET = `
import { createServer, connect } from "node:net";
import { readFileSync, writeFileSync } from "node:fs";
const config = JSON.parse(readFileSync("/opt/ml/input/config/resourceconfig.json", "utf8"));
const { SM_HOSTS, SM_CURRENT_HOST: me, SM_MODEL_DIR } = process.env;
console.log("hosts " + SM_HOSTS + " config " + config.hosts.join() + " me " + me + " " + config.current_host);
writeFileSync(SM_MODEL_DIR + "/" + me, me);
writeFileSync(SM_MODEL_DIR + "/model", "by " + me);
if (me === "algo-1") {
  const said = [];
  createServer((socket) => socket.on("data", (data) => {
    said.push(String(data));
    if (said.length === 2) { console.log("met " + said.sort().join()); process.exit(0); }
  })).listen(18471, "0.0.0.0");
} else {
  const call = () => connect(18471, "algo-1", function () { this.end(me); }).on("error", () => setTimeout(call, 50));
  call();
}
`;

async function linesOf(cloud: TestCloud): Promise<readonly string[]> {
  const { events = [] } = await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: "job-1/" }));
  return events.map(({ message = "" }) => message);
}

async function artifact({ s3 }: Jobs): Promise<Readonly<Record<string, string>>> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "jobs", Key: "out/job-1/output/model.tar.gz" }));
  return filesOf((await Body?.transformToByteArray()) ?? new Uint8Array());
}

test("three hosts find one another by name, log apart, and make one artifact in which a clash is said", async () => {
  await using cloud = await startCloud();
  const job = await jobs(cloud, MEET);
  await job.start(onHosts(3));
  expect(await job.ended()).toMatchObject({ TrainingJobStatus: "Completed", ResourceConfig: { InstanceCount: 3 } });
  const lines = await linesOf(cloud);
  expect(lines).toContain("met algo-2,algo-3");
  expect(lines).toContain('hosts ["algo-1","algo-2","algo-3"] config algo-1,algo-2,algo-3 me algo-2 algo-2');
  expect(lines).toContain("Several hosts wrote model/model (algo-1, algo-2, algo-3): the artifact has the first one's. Let one host write it, or give each its own name.");
  expect(await artifact(job)).toEqual({ "algo-1": "algo-1", "algo-2": "algo-2", "algo-3": "algo-3", model: "by algo-1" });
  const { logStreams = [] } = await new CloudWatchLogsClient(cloud.client).send(new DescribeLogStreamsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs" }));
  expect(logStreams.map(({ logStreamName = "" }) => logStreamName.replace(/-\d+$/, ""))).toEqual(["job-1/algo-1", "job-1/algo-2", "job-1/algo-3"]);
});

test("a host that fails ends the others and is named", async () => {
  await using cloud = await startCloud();
  const job = await jobs(cloud, `if (process.env.SM_CURRENT_HOST === "algo-2") throw new Error("only here"); setInterval(() => {}, 1000);`);
  await job.start(onHosts(2));
  const ended = await job.ended();
  expect(ended.TrainingJobStatus).toBe("Failed");
  expect(ended.FailureReason).toMatch(/^AlgorithmError: ExecuteUserScriptError:[^]*only here[^]* \(on host algo-2\)$/);
});

test("a stop reaches every host, and what they saved is kept", async () => {
  await using cloud = await startCloud();
  const job = await jobs(cloud, `
    import { writeFileSync } from "node:fs";
    process.on("SIGTERM", () => { writeFileSync(process.env.SM_MODEL_DIR + "/" + process.env.SM_CURRENT_HOST, "saved"); process.exit(0); });
    console.log("ready " + process.env.SM_CURRENT_HOST); setInterval(() => {}, 1000);`);
  await job.start(onHosts(2));
  await expect.poll(() => linesOf(cloud).catch(() => [])).toEqual(expect.arrayContaining(["ready algo-1", "ready algo-2"]));
  await job.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
  expect((await job.ended()).TrainingJobStatus).toBe("Stopped");
  expect(await artifact(job)).toEqual({ "algo-1": "saved", "algo-2": "saved" });
});

test("what several instances cannot have yet is refused by name before a job exists", async () => {
  await using cloud = await startCloud();
  const job = await jobs(cloud, "");
  const divided = [{ ChannelName: "train", DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: "s3://jobs/data/", S3DataDistributionType: "ShardedByS3Key" as const } } }];
  await expect(job.start({ ...onHosts(2), InputDataConfig: divided, AlgorithmSpecification: { TrainingImage: "image-classification:1", TrainingInputMode: "File" } })).rejects.toThrow("divided pictures for the built-in algorithm");
  await expect(job.start({ HyperParameters: { ...job.input.HyperParameters, sagemaker_mpi_enabled: "true" } })).rejects.toThrow("sagemaker_mpi_enabled");
  await expect(job.describe()).rejects.toThrow("Requested resource not found.");
});
