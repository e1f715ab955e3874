/**
 * `npm run bench -- requests`: small signed calls, signed beforehand by the load generator in a process of its own. A bare
 * node:http server takes its turn in every round, so that the ratio holds on a machine that others use too.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTrainingJobCommand, SageMakerClient, waitUntilTrainingJobCompletedOrStopped } from "@aws-sdk/client-sagemaker";
import { makeRole } from "./support/resources.ts";
import { load, type LoadResult } from "./support/load.ts";
import { startServer, temporaryFolder, type Server } from "./support/server.ts";
import { signedBytes } from "./support/sign.ts";
import { list, median, type Row } from "./support/table.ts";

const ROUNDS = 5;
const PLAN = { connections: 16, warmUp: 4000, maxRequests: 20_000, maxSeconds: 10 };
const AIM_PER_SECOND = 10_000;
const BUCKET = "bench-bucket";
const OBJECT_BYTES = 64 * 1024;

/** `cpuMicros` as `facts/wire.md` §5 measured it on a prototype, where bare node:http took 11. */
interface Case {
  readonly what: string;
  readonly factMicros: number;
  readonly small: boolean;
  readonly request: Buffer;
}
const BARE_FACT_MICROS = 11;

const jsonCall = ({ target }: Server, service: "sagemaker" | "logs", operation: string, input: object): Buffer => signedBytes({
  method: "POST", path: "/", service, body: Buffer.from(JSON.stringify(input)),
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${service === "logs" ? "Logs_20140328" : "SageMaker"}.${operation}` },
}, target);

const casesFor = (server: Server): readonly Case[] => [
  { what: "STS GetCallerIdentity", factMicros: 52, small: true, request: signedBytes({
    method: "POST", path: "/", service: "sts", body: Buffer.from("Action=GetCallerIdentity&Version=2011-06-15"),
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  }, server.target) },
  { what: "SageMaker ListTrainingJobs", factMicros: 44, small: true, request: jsonCall(server, "sagemaker", "ListTrainingJobs", { MaxResults: 10 }) },
  { what: "SageMaker DescribeTrainingJob", factMicros: 61, small: true, request: jsonCall(server, "sagemaker", "DescribeTrainingJob", { TrainingJobName: "bench-job" }) },
  { what: "S3 GetObject 64 KiB", factMicros: 65, small: false, request: signedBytes({ method: "GET", path: `/${BUCKET}/object`, service: "s3" }, server.target) },
  { what: "S3 PutObject 64 KiB", factMicros: 206, small: false, request: signedBytes({ method: "PUT", path: `/${BUCKET}/put`, service: "s3", body: Buffer.alloc(OBJECT_BYTES, 0x5a) }, server.target) },
];

/** A job that has failed, for want of readable pictures: a record of the usual size. */
async function prepare(server: Server): Promise<void> {
  const s3 = new S3Client(server.client);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "object", Body: Buffer.alloc(OBJECT_BYTES, 0x5a) }));
  for (const channel of ["train", "validation"]) await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `none/${channel}/empty.jpg`, Body: "" }));
  const sagemaker = new SageMakerClient(server.client);
  await sagemaker.send(new CreateTrainingJobCommand({
    TrainingJobName: "bench-job",
    RoleArn: await makeRole(server, { name: "bench-training", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] }),
    AlgorithmSpecification: { TrainingImage: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1", TrainingInputMode: "File" },
    HyperParameters: { num_classes: "12", num_training_samples: "400", epochs: "3", learning_rate: "0.1", mini_batch_size: "32" },
    InputDataConfig: ["train", "validation"].map((ChannelName) => ({
      ChannelName, ContentType: "application/x-image", DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `s3://${BUCKET}/none/${ChannelName}`, S3DataDistributionType: "FullyReplicated" } },
    })),
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output` },
    ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  }));
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TrainingJobName: "bench-job" }).catch(() => undefined);
}

/** Measures with `only` of the cases whose names hold the text, or all. */
export async function measureRequests(only = ""): Promise<readonly Row[]> {
  using data = temporaryFolder();
  await using server = await startServer(data.path);
  await prepare(server);
  const bare = spawn(process.execPath, [join(import.meta.dirname, "support", "bare.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const barePort = Number(String(((await once(bare.stdout, "data")) as [Buffer])[0]));
    const cases = casesFor(server).filter(({ what }) => what.includes(only));
    const bareRequest = jsonCall(server, "sagemaker", "ListTrainingJobs", { MaxResults: 10 });
    const bareRuns: LoadResult[] = [];
    const runs = new Map<Case, LoadResult[]>(cases.map((each) => [each, []]));
    for (let round = 0; round < ROUNDS; round++) {
      bareRuns.push(await load(bare.pid ?? 0, { ...PLAN, port: barePort, requests: [bareRequest] }));
      for (const each of cases) runs.get(each)?.push(await load(server.pid, { ...PLAN, port: server.port, requests: [each.request] }));
    }
    const bareMicros = median(bareRuns.map(({ cpuMicros }) => cpuMicros));
    return [
      { what: "bare node:http", figure: rate(bareRuns), note: `${bareMicros.toFixed(0)} µs each; ${BARE_FACT_MICROS} µs on the machine of the facts` },
      ...cases.map((each) => rowOf(each, runs.get(each) ?? [], bareMicros)),
    ];
  } finally {
    bare.stdin.end();
    await once(bare, "exit");
  }
}

const rate = (results: readonly LoadResult[]): string => `${median(results.map(({ perSecond }) => perSecond)).toFixed(0)}/s`;

function rowOf({ what, factMicros, small }: Case, results: readonly LoadResult[], bareMicros: number): Row {
  const micros = median(results.map(({ cpuMicros }) => cpuMicros));
  const ratio = (micros / bareMicros) / (factMicros / BARE_FACT_MICROS);
  const perSecond = median(results.map((result) => result.perSecond));
  const isCheap = ratio <= 2;
  return {
    what, figure: rate(results),
    aim: small ? `> ${AIM_PER_SECOND}/s, CPU ≤ 2 × the facts` : "CPU ≤ 2 × the facts",
    met: isCheap && (!small || perSecond > AIM_PER_SECOND),
    note: `${micros.toFixed(0)} µs each (${(micros / bareMicros).toFixed(1)} × bare; the facts: ${factMicros} µs, ${(factMicros / BARE_FACT_MICROS).toFixed(1)} × bare); p50 ${list([median(results.map(({ p50Ms }) => p50Ms))], 2)} ms; ${list(results.map((result) => result.perSecond))}`,
  };
}
