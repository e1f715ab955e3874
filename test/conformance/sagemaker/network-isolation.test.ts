import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { expect, test } from "vitest";
import { needs } from "../../machines/support.ts";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { jobs } from "./support/job.ts";

const linesOf = async (cloud: TestCloud, name: string): Promise<readonly string[]> => {
  const { events = [] } = await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: `${name}/` }));
  return events.map(({ message = "" }) => message);
};

/** Tries every way out: another network, a server of the host's, the API; says what it has of credentials, and leaves a model. */
const TRIES = (port: number): string => `
import { connect } from "node:net";
import { readdirSync, writeFileSync } from "node:fs";
const attempt = (host, port) => new Promise((resolve) => connect({ host, port, timeout: 3000 }).on("connect", () => resolve("connected")).on("timeout", () => resolve("timeout")).on("error", (error) => resolve(error.code)));
console.log(JSON.stringify({
  outside: await attempt("198.51.100.1", 80), host: await attempt("127.0.0.1", ${port}),
  aws: Object.keys(process.env).filter((name) => /^AWS_(?!REGION|DEFAULT_REGION)/.test(name)),
  data: readdirSync(process.env.SM_CHANNEL_TRAINING).length,
}));
writeFileSync(process.env.SM_MODEL_DIR + "/model", "made without a network");
process.exit(0);
`;

test("a job without a network reaches nobody and has no credentials; its data come and its artifact goes all the same", { timeout: 30_000 }, async (context) => {
  await using cloud = await startCloud();
  needs(context, cloud.isolation, { files: "mount-namespace" });
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const job = await jobs(cloud, TRIES(port));
  await job.start({ EnableNetworkIsolation: true });
  expect(await job.ended()).toMatchObject({ TrainingJobStatus: "Completed", EnableNetworkIsolation: true, ModelArtifacts: { S3ModelArtifacts: "s3://jobs/out/job-1/output/model.tar.gz" } });
  expect(JSON.parse((await linesOf(cloud, "job-1")).find((line) => line.startsWith("{")) ?? "")).toEqual({ outside: "ENETUNREACH", host: "ECONNREFUSED", aws: [], data: 2 });
  // The same job with a network sees the server, and has credentials.
  await job.start({ TrainingJobName: "open" });
  await job.ended("open");
  expect(JSON.parse((await linesOf(cloud, "open")).find((line) => line.startsWith("{")) ?? "")).toMatchObject({ host: "connected", aws: expect.arrayContaining(["AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"]) as unknown });
  server.close();
});

test("hosts of one isolated job reach one another, and nobody else", { timeout: 30_000 }, async (context) => {
  await using cloud = await startCloud();
  needs(context, cloud.isolation, { files: "mount-namespace" });
  const job = await jobs(cloud, `
    import { createServer, connect } from "node:net";
    if (process.env.SM_CURRENT_HOST === "algo-1") createServer((socket) => { console.log("met"); socket.end(); process.exit(0); }).listen(18472, "algo-1");
    else (function call() { connect(18472, "algo-1").on("error", () => setTimeout(call, 50)); })();
  `);
  await job.start({ EnableNetworkIsolation: true, ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 2, VolumeSizeInGB: 10 } });
  expect((await job.ended()).TrainingJobStatus).toBe("Completed");
  expect(await linesOf(cloud, "job-1")).toContain("met");
});

test("encryption between instances is refused where there are several, and so are keys and networks of one's own", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const job = await jobs(cloud, "");
  await expect(job.start({ EnableInterContainerTrafficEncryption: true, ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 2, VolumeSizeInGB: 10 } })).rejects.toThrow("EnableInterContainerTrafficEncryption is not supported by Sagebrush yet");
  await expect(job.start({ OutputDataConfig: { S3OutputPath: "s3://jobs/out", KmsKeyId: "alias/mine" } })).rejects.toThrow("OutputDataConfig.KmsKeyId is not supported");
  await expect(job.start({ VpcConfig: { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] } })).rejects.toThrow("VpcConfig is not supported");
});
