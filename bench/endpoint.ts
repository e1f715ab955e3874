/**
 * `npm run bench -- endpoint`: InvokeEndpoint against its own model server asked directly, in turns, with the same picture
 * and the same number of callers; and against the model in this process.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, CreateTrainingJobCommand, DescribeTrainingJobCommand, SageMakerClient,
  waitUntilEndpointInService, waitUntilTrainingJobCompletedOrStopped,
} from "@aws-sdk/client-sagemaker";
import { makeRole } from "./support/resources.ts";
import { cpuSeconds, load, type LoadResult } from "./support/load.ts";
import { startServer, temporaryFolder, type Server } from "./support/server.ts";
import { signedBytes } from "./support/sign.ts";
import { list, median, type Row } from "./support/table.ts";

const ROUNDS = 5;
const PLAN = { connections: 4, warmUp: 20, maxRequests: 300, maxSeconds: 15 };
const AIM = 0.85;
const BUCKET = "bench-endpoint";
const NAME = "bench";
const IMAGE = "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1";
const PICTURES = join(import.meta.dirname, "..", "examples", "dog-breeds", "data");
const BREEDS = ["beagle", "pug", "samoyed"];
const PER_BREED = 8;
const WAIT = { maxWaitTime: 120, minDelay: 1, maxDelay: 1 };

const picturesOf = (breed: string): readonly string[] => readdirSync(join(PICTURES, breed)).filter((file) => file.endsWith(".jpg")).sort().slice(0, PER_BREED);

async function upload(s3: S3Client): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const lines: string[] = [];
  for (const [label, breed] of BREEDS.entries()) {
    for (const file of picturesOf(breed)) {
      lines.push(`${lines.length}\t${label}\t${breed}/${file}`);
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `pictures/${breed}/${file}`, Body: readFileSync(join(PICTURES, breed, file)) }));
    }
  }
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "lst/pictures.lst", Body: `${lines.join("\n")}\n` }));
}

/** Trains on a few pictures and puts the result behind an endpoint; unpacks the artifact for a server of our own. */
async function deploy(server: Server, folder: string): Promise<void> {
  const s3 = new S3Client(server.client);
  const sagemaker = new SageMakerClient(server.client);
  await upload(s3);
  const RoleArn = await makeRole(server, { name: "bench-sagemaker", service: "sagemaker.amazonaws.com", actions: ["s3:*", "logs:*"] });
  const channel = (ChannelName: string, prefix: string) => ({ ChannelName, ContentType: "application/x-image", DataSource: { S3DataSource: { S3DataType: "S3Prefix" as const, S3Uri: `s3://${BUCKET}/${prefix}/` } } });
  await sagemaker.send(new CreateTrainingJobCommand({
    TrainingJobName: NAME, RoleArn,
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: "File" },
    HyperParameters: { num_classes: String(BREEDS.length), num_training_samples: String(BREEDS.length * PER_BREED), epochs: "2", use_pretrained_model: "1", mini_batch_size: "8" },
    InputDataConfig: [channel("train", "pictures"), channel("validation", "pictures"), channel("train_lst", "lst"), channel("validation_lst", "lst")],
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output` },
    ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 120 },
  }));
  await waitUntilTrainingJobCompletedOrStopped({ client: sagemaker, ...WAIT }, { TrainingJobName: NAME });
  const { ModelArtifacts } = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: NAME }));
  const artifact = ModelArtifacts?.S3ModelArtifacts ?? "";
  await sagemaker.send(new CreateModelCommand({ ModelName: NAME, ExecutionRoleArn: RoleArn, PrimaryContainer: { Image: IMAGE, ModelDataUrl: artifact } }));
  await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: NAME, ProductionVariants: [{ VariantName: "all", ModelName: NAME, InstanceType: "ml.m5.large", InitialInstanceCount: 1 }] }));
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: NAME, EndpointConfigName: NAME }));
  await waitUntilEndpointInService({ client: sagemaker, ...WAIT }, { EndpointName: NAME });

  const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: artifact.slice(`s3://${BUCKET}/`.length) }));
  const archive = await buffer(Body as NodeJS.ReadableStream);
  mkdirSync(folder);
  const unpack = spawn("tar", ["-xzf", "-", "-C", folder], { stdio: ["pipe", "inherit", "inherit"] });
  unpack.stdin.end(archive);
  await once(unpack, "exit");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** The same program that the endpoint's machine runs, with as many threads, on no machine and behind nothing. */
async function startBare(model: string): Promise<Disposable & { readonly pid: number; readonly port: number }> {
  const port = await freePort();
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", "src", "algorithms", "image-classification", "serve.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], SM_MODEL_DIR: model, SAGEMAKER_BIND_TO_PORT: String(port), OMP_NUM_THREADS: "2" },
  });
  await once(child.stdout, "data");
  return { pid: child.pid ?? 0, port, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}

export async function measureEndpoint(): Promise<readonly Row[]> {
  using data = temporaryFolder();
  await using server = await startServer(join(data.path, "cloud"));
  const model = join(data.path, "model");
  await deploy(server, model);
  using bare = await startBare(model);
  const body = readFileSync(join(PICTURES, "pug", picturesOf("pug")[0] ?? ""));
  const headers = { "content-type": "application/x-image" };
  const invoke = signedBytes({ method: "POST", path: `/endpoints/${NAME}/invocations`, service: "sagemaker", headers, body }, server.target);
  const direct = Buffer.concat([Buffer.from(`POST /invocations HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-image\r\ncontent-length: ${body.length}\r\n\r\n`), body]);
  const through: LoadResult[] = [];
  const alone: LoadResult[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await load(bare.pid, { ...PLAN, port: bare.port, requests: [direct] }));
    through.push(await load(server.pid, { ...PLAN, port: server.port, requests: [invoke] }));
  }
  const perSecond = (results: readonly LoadResult[]): readonly number[] => results.map((result) => result.perSecond);
  const ratio = median(perSecond(through)) / median(perSecond(alone));
  return [
    { what: "model server asked directly", figure: `${median(perSecond(alone)).toFixed(0)}/s`, note: `${PLAN.connections} callers, a picture of ${(body.length / 1024).toFixed(0)} KiB; ${list(perSecond(alone))}` },
    { what: "InvokeEndpoint", figure: `${median(perSecond(through)).toFixed(0)}/s`, aim: `≥ ${AIM} × direct`, met: ratio >= AIM, note: `${ratio.toFixed(2)} × direct; the server's own processor time ${median(through.map(({ cpuMicros }) => cpuMicros)).toFixed(0)} µs a call (${cpuSeconds(server.pid).toFixed(1)} s in all); ${list(perSecond(through))}` },
  ];
}
