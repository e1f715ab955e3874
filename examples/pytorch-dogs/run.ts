/**
 * `node examples/pytorch-dogs/run.ts [epochs]`, with `npx sagebrush serve` running: trains the same script on one instance and on two, compares what they
 * learned, and asks the model behind an endpoint. Another target (AWS) is another argument of createClients. In a project of yours import "sagebrush/sdk".
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRoleCommand, GetRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createClients, Estimator, type Clients, type TrainedJob } from "../../src/sdk/index.ts";

const HERE = import.meta.dirname;
const PHOTOGRAPHS = join(HERE, "..", "dog-breeds", "data");
const BUCKET = "pytorch-dogs";
const ROLE = "pytorch-dogs";
const AWS_IMAGES = "763104351884.dkr.ecr.us-east-1.amazonaws.com";

/** A bucket of its own, and a role that may use that bucket and write logs: no more. */
async function prepare(clients: Clients): Promise<string> {
  const s3 = await clients.s3();
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET })).catch((error: Error) => {
    if (error.name !== "BucketAlreadyOwnedByYou") throw error;
  });
  for (const breed of readdirSync(PHOTOGRAPHS, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of readdirSync(join(PHOTOGRAPHS, breed.name))) {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: `photographs/${breed.name}/${file}`, Body: readFileSync(join(PHOTOGRAPHS, breed.name, file)) }));
    }
  }
  const iam = await clients.iam();
  const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" }] };
  await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: JSON.stringify(trust) })).catch((error: Error) => {
    if (error.name !== "EntityAlreadyExistsException") throw error;
  });
  const allowed = [
    { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"], Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`] },
    { Effect: "Allow", Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], Resource: "*" },
  ];
  await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: "bucket-and-logs", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: allowed }) }));
  return (await iam.send(new GetRoleCommand({ RoleName: ROLE }))).Role?.Arn ?? "";
}

interface Run {
  readonly estimator: Estimator;
  readonly job: TrainedJob;
  readonly seconds: number;
}

async function train(clients: Clients, role: string, { instances, epochs }: { readonly instances: number; readonly epochs: number }): Promise<Run> {
  const estimator = new Estimator(clients, {
    image: `${AWS_IMAGES}/pytorch-training:2.1-cpu-py310`, role, instanceType: "ml.m5.large", instanceCount: instances, outputPath: `s3://${BUCKET}/out`, baseJobName: `dogs-on-${instances}`,
    script: { entryPoint: "train.py", folder: join(HERE, "source") },
    // With one instance torchrun starts one process: the very same way through the script.
    hyperparameters: { epochs, sagemaker_torch_distributed_enabled: true, sagemaker_instance_type: "ml.m5.large" },
    metricDefinitions: [{ name: "validation:loss", regex: "validation loss=([0-9.]+);" }, { name: "validation:accuracy", regex: "validation accuracy=([0-9.]+);" }],
  });
  const began = performance.now();
  const job = await estimator.fit({ training: `s3://${BUCKET}/photographs/` }, { onLine: ({ host, text }) => console.log(`  ${host}  ${text}`) });
  return { estimator, job, seconds: (performance.now() - began) / 1000 };
}

const epochs = Number(process.argv[2] ?? 20);
const clients = createClients({ endpoint: process.env["AWS_ENDPOINT_URL"] ?? "http://127.0.0.1:4566", region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });
const role = await prepare(clients);
const runs: Run[] = [];
for (const instances of [1, 2]) {
  console.log(`${instances} instance${instances > 1 ? "s" : ""}:`);
  runs.push(await train(clients, role, { instances, epochs }));
}
const [one, two] = runs;
if (one === undefined || two === undefined) throw new Error("both were trained");
for (const [index, { job, seconds }] of runs.entries()) {
  console.log(`${index + 1} instance${index > 0 ? "s" : ""}: validation loss ${job.metrics["validation:loss"]}, accuracy ${job.metrics["validation:accuracy"]}; ${seconds.toFixed(1)} s by the clock, ${job.billableSeconds} billable seconds on each`);
}
console.log(`The losses differ by ${Math.abs((one.job.metrics["validation:loss"] ?? NaN) - (two.job.metrics["validation:loss"] ?? NaN)).toExponential(1)}`);

const predictor = await two.estimator.model({ image: `${AWS_IMAGES}/pytorch-inference:2.1-cpu-py310` }).deploy({ instanceType: "ml.m5.large" });
try {
  console.log("A beagle, asked at the endpoint:", JSON.stringify(await predictor.predict(readFileSync(join(PHOTOGRAPHS, "beagle", "beagle_1.jpg")))));
} finally {
  await predictor.delete();
}
