import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, CreateTrainingJobCommand, DescribeEndpointCommand, DescribeTrainingJobCommand,
  SageMakerClient, StopTrainingJobCommand, type DescribeTrainingJobCommandOutput,
} from "@aws-sdk/client-sagemaker";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as tar from "tar";
import { must, type Part } from "./support/part.ts";
import { startProgram, temporaryFolder } from "./support/program.ts";
import { descendants, machineTraces, survivorsOf } from "./support/traces.ts";

interface Bad {
  readonly name: string;
  readonly script: string;
  /** Asked to stop once it trains. */
  readonly stop?: true;
  readonly status: "Failed" | "Completed" | "Stopped";
  readonly reason?: RegExp;
}

const BAD: readonly Bad[] = [
  { name: "exits-at-once", script: "console.error('last words'); process.exit(7);", status: "Failed", reason: /ExitCode 7/ },
  { name: "eats-memory", script: "const kept = []; for (;;) kept.push(Buffer.alloc(64 * 1024 * 1024, 1));", status: "Failed", reason: /^ClientError: Please use an instance type with more memory/ },
  { name: "floods-stdout", script: "const line = 'x'.repeat(1023) + '\\n'; for (let i = 0; i < 32 * 1024; i++) if (!process.stdout.write(line)) await new Promise((r) => process.stdout.once('drain', r));", status: "Completed" },
  { name: "ignores-sigterm", script: "process.on('SIGTERM', () => console.log('deaf')); setInterval(() => {}, 1000);", stop: true, status: "Stopped" },
  { name: "leaves-children", script: "import { spawn } from 'node:child_process'; for (let i = 0; i < 5; i++) spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref();", status: "Completed" },
];
/** AWS gives a program 120 s after SIGTERM, and so do we. */
const BOUND_MS = 170_000;

async function archive(folder: string, name: string, file: string, text: string): Promise<Buffer> {
  const path = join(folder, name, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  await tar.create({ gzip: true, file: join(folder, `${name}.tar.gz`), cwd: join(folder, name) }, ["."]);
  return readFileSync(join(folder, `${name}.tar.gz`));
}

/** Training scripts and a container that behave badly, all at once, on a server of their own. */
export const badPrograms: Part = {
  name: "programs that exit at once, ignore SIGTERM, eat memory, flood their output, leave children, never listen",
  async run({ say }) {
    using folder = temporaryFolder("programs");
    const data = join(folder.path, "data");
    const server = startProgram(["serve", "--port", "0", "--data", data]);
    try {
      const endpoint = (await server.until(/ready at (\S+)/, 30_000))[1] ?? "";
      const client = { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, forcePathStyle: true };
      const s3 = new S3Client(client);
      const sagemaker = new SageMakerClient(client);
      const iam = new IAMClient(client);
      await s3.send(new CreateBucketCommand({ Bucket: "soak" }));
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "soak", AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" }] }) }));
      await iam.send(new PutRolePolicyCommand({ RoleName: "soak", PolicyName: "soak", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:*", "logs:*"], Resource: "*" }] }) }));
      const role = Role?.Arn ?? "";

      const train = async ({ name, script, stop, status, reason }: Bad): Promise<void> => {
        await s3.send(new PutObjectCommand({ Bucket: "soak", Key: `${name}.tar.gz`, Body: await archive(folder.path, name, "train.mjs", script) }));
        await sagemaker.send(new CreateTrainingJobCommand({
          TrainingJobName: name, RoleArn: role,
          AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "File" },
          OutputDataConfig: { S3OutputPath: "s3://soak/out" },
          ResourceConfig: { InstanceType: "ml.t3.medium", InstanceCount: 1, VolumeSizeInGB: 10 },
          StoppingCondition: { MaxRuntimeInSeconds: 300 },
          HyperParameters: { sagemaker_program: '"train.mjs"', sagemaker_submit_directory: `"s3://soak/${name}.tar.gz"` },
        }));
        const describe = (): Promise<DescribeTrainingJobCommandOutput> => sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
        const began = performance.now();
        let job = await describe();
        let asked = false;
        for (; !["Completed", "Failed", "Stopped"].includes(job.TrainingJobStatus ?? ""); job = await describe()) {
          must(performance.now() - began < BOUND_MS, `${name} is ${job.SecondaryStatus} after ${BOUND_MS / 1000} s`);
          if (stop && !asked && job.SecondaryStatus === "Training") {
            asked = true;
            // Time to install its handler.
            await sleep(1500);
            await sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
          }
          await sleep(300);
        }
        must(job.TrainingJobStatus === status, `${name} ended as ${job.TrainingJobStatus}: ${job.FailureReason}`);
        must(reason?.test(job.FailureReason ?? "") ?? true, `${name} failed with another reason: ${job.FailureReason}`);
        say(`${name}: ${job.TrainingJobStatus} after ${((performance.now() - began) / 1000).toFixed(1)} s${job.FailureReason === undefined ? "" : `, ${job.FailureReason.replaceAll("\n", " ").slice(0, 110)}`}`);
      };

      const neverListens = async (): Promise<void> => {
        await s3.send(new PutObjectCommand({ Bucket: "soak", Key: "deaf.tar.gz", Body: await archive(folder.path, "deaf", "code/serve.mjs", "console.log('thinking about it'); setInterval(() => {}, 1000);") }));
        await sagemaker.send(new CreateModelCommand({ ModelName: "deaf", ExecutionRoleArn: role, PrimaryContainer: { Image: "node-inference:24", ModelDataUrl: "s3://soak/deaf.tar.gz" } }));
        await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: "deaf", ProductionVariants: [{ VariantName: "all", ModelName: "deaf", InstanceType: "ml.t2.medium", InitialInstanceCount: 1, ContainerStartupHealthCheckTimeoutInSeconds: 60 }] }));
        await sagemaker.send(new CreateEndpointCommand({ EndpointName: "deaf", EndpointConfigName: "deaf" }));
        const began = performance.now();
        for (;;) {
          const { EndpointStatus, FailureReason = "" } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: "deaf" }));
          must(performance.now() - began < BOUND_MS, `the endpoint is ${EndpointStatus} after ${BOUND_MS / 1000} s`);
          if (EndpointStatus === "Creating") {
            await sleep(500);
            continue;
          }
          must(EndpointStatus === "Failed" && FailureReason.includes("did not pass the ping health check"), `the endpoint ended as ${EndpointStatus}: ${FailureReason}`);
          return say(`never-listens: endpoint Failed after ${((performance.now() - began) / 1000).toFixed(1)} s, ${FailureReason.slice(0, 90)}`);
        }
      };
      await Promise.all([...BAD.map(train), neverListens()]);
      const children = descendants(server.pid);
      must(await server.stop() === 0, `the server did not stop well: ${server.said().slice(-1000)}`);
      const left = survivorsOf(children);
      must(left.length === 0, `left running: ${JSON.stringify(left)}`);
      const traces = machineTraces(data);
      must(traces.length === 0, `left on the host: ${traces.join(", ")}`);
    } finally {
      if (!server.ended()) await server.kill();
    }
  },
};
