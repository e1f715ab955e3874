import { spawnSync } from "node:child_process";
import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand } from "@aws-sdk/client-sagemaker";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { expect, test } from "vitest";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { archiveOf } from "./support/archive.ts";
import { hosting, type Hosting } from "./support/endpoint.ts";

const TORCH = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0;
const IMAGES = { pytorch: "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.1-cpu-py310", sklearn: "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3", python: "python:3" };

interface Served {
  readonly image: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly environment?: Readonly<Record<string, string>>;
}

async function deploy(all: Hosting, name: string, { image, files, environment }: Served): Promise<void> {
  await all.s3.send(new PutObjectCommand({ Bucket: "models", Key: `${name}.tar.gz`, Body: await archiveOf(files) }));
  await all.sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: all.role, PrimaryContainer: { Image: image, ModelDataUrl: `s3://models/${name}.tar.gz`, Environment: environment } }));
  await all.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [{ VariantName: "AllTraffic", ModelName: name, InstanceType: "ml.t2.medium", InitialInstanceCount: 1 }] }));
  await all.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
}

const asking = (cloud: TestCloud) => {
  const runtime = new SageMakerRuntimeClient(cloud.client);
  return async (EndpointName: string, ContentType: string, Body: string | Uint8Array, Accept?: string): Promise<{ readonly type: string | undefined; readonly body: string }> => {
    const answer = await runtime.send(new InvokeEndpointCommand({ EndpointName, ContentType, Body, Accept }));
    return { type: answer.ContentType, body: Buffer.from(answer.Body).toString() };
  };
};

const FUNCTIONS = `
import json, os
def model_fn(model_dir):
    return open(os.path.join(model_dir, "factor")).read().strip()
def input_fn(data, content_type):
    if content_type == "image/jpeg":
        return len(data)
    if content_type == "application/json":
        return json.loads(data)["n"]
    raise ValueError("cannot read " + content_type)
def predict_fn(data, model, context):
    return {"product": data * int(model), "custom": context.get_request_header(0, "X-Amzn-SageMaker-Custom-Attributes"), "pid": os.getpid()}
def output_fn(prediction, accept):
    return json.dumps(prediction), "application/vnd.product+json"
`;

test("the user's four functions answer, from two workers, with pictures and JSON; their errors are told", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await hosting(cloud);
  const ask = asking(cloud);
  await deploy(all, "functions", { image: IMAGES.python, files: { factor: "7", "code/inference.py": FUNCTIONS } });
  await all.inService("functions");
  const picture = await ask("functions", "image/jpeg", new Uint8Array(100));
  expect(picture.type).toBe("application/vnd.product+json");
  expect(JSON.parse(picture.body)).toMatchObject({ product: 700 });
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(async (n) => JSON.parse((await ask("functions", "application/json", JSON.stringify({ n }))).body) as { product: number; pid: number }));
  expect(answers.map(({ product }) => product)).toEqual([7, 14, 21, 28, 35, 42]);
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2); // ml.t2.medium has two vCPUs
  await expect(ask("functions", "text/plain", "x")).rejects.toMatchObject({ name: "ModelError", OriginalStatusCode: 500, OriginalMessage: expect.stringContaining("cannot read text/plain\nTraceback") as unknown });
});

test("a worker that dies answers 500 once and is replaced; one that takes too long too", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await hosting(cloud);
  const ask = asking(cloud);
  const files = { "code/own.py": "import os, time\ndef model_fn(d): return d\ndef transform_fn(model, data, content_type, accept):\n    if data == 'die': os._exit(3)\n    if data == 'sleep': time.sleep(60)\n    return data.upper(), 'text/plain'\n" };
  await deploy(all, "dying", { image: IMAGES.python, files, environment: { SAGEMAKER_PROGRAM: "own.py", SAGEMAKER_MODEL_SERVER_WORKERS: "1", SAGEMAKER_MODEL_SERVER_TIMEOUT: "1" } });
  await all.inService("dying");
  for (const deadly of ["die", "sleep"]) {
    await expect(ask("dying", "text/csv", deadly)).rejects.toMatchObject({ OriginalStatusCode: 500, OriginalMessage: "Worker died." });
    expect(await ask("dying", "text/csv", "alive")).toEqual({ type: "text/plain", body: "ALIVE" });
  }
});

test("a model_fn that fails, and code that is not there, fail the endpoint with their words", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await hosting(cloud);
  await deploy(all, "broken", { image: IMAGES.python, files: { "code/inference.py": "def model_fn(d):\n    raise OSError('the weights are not there')\n" } });
  await deploy(all, "empty", { image: IMAGES.sklearn, files: { factor: "7" }, environment: { SAGEMAKER_PROGRAM: "serve_it.py" } });
  expect((await all.untilStatus("broken", "Failed")).FailureReason).toMatch(/did not pass the ping health check\.[^]*OSError: the weights are not there/);
  expect((await all.untilStatus("empty", "Failed")).FailureReason).toContain("The model artifact holds no code/serve_it.py.");
});

const CHOOSY = `
from sagemaker_inference import content_types, decoder, encoder, errors
def pre_model_fn(d):
    print("before", flush=True)
def model_fn(d):
    return ["model"]
def model_warmup_fn(d, model):
    model.append("warm")
def input_fn(data, content_type):
    return decoder.decode(data, content_type).tolist()
def predict_fn(data, model, context):
    if data == 1:
        raise errors.BaseInferenceToolkitError(422, "one is not allowed", "no")
    context.set_response_status(201)
    context.set_response_header(0, "X-Amzn-SageMaker-Custom-Attributes", "seen=" + context.get_request_header(0, "X-Amzn-SageMaker-Custom-Attributes"))
    return [data, *model]
def output_fn(prediction, accept):
    return encoder.encode(prediction, content_types.JSON)
`;

test("a module that imports sagemaker_inference chooses status, words and headers", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await hosting(cloud);
  await deploy(all, "choosy", { image: IMAGES.python, files: { "code/inference.py": CHOOSY }, environment: { SAGEMAKER_MODEL_SERVER_WORKERS: "1" } });
  await all.inService("choosy");
  const runtime = new SageMakerRuntimeClient(cloud.client);
  const answer = await runtime.send(new InvokeEndpointCommand({ EndpointName: "choosy", ContentType: "application/json", Accept: "application/json", Body: "[2]", CustomAttributes: "me" }));
  expect([JSON.parse(Buffer.from(answer.Body).toString()), answer.ContentType, answer.CustomAttributes]).toEqual([[[2], "model", "warm"], "application/json", "seen=me"]);
  await expect(asking(cloud)("choosy", "application/json", "1")).rejects.toMatchObject({ name: "ModelError", OriginalStatusCode: 422, OriginalMessage: expect.stringMatching(/^one is not allowed\nTraceback/) as unknown });
  const logs = new CloudWatchLogsClient(cloud.client);
  const lines = async (): Promise<string> => (await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/Endpoints/choosy" }))).events?.map(({ message }) => message).join("\n") ?? "";
  await expect.poll(lines, { timeout: 10_000 }).toMatch(/before[^]*1 worker ready/);
});

test("code that SAGEMAKER_SUBMIT_DIRECTORY has in S3 is brought, as for scikit-learn; types that nobody reads are refused as 415", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await hosting(cloud);
  await all.s3.send(new PutObjectCommand({ Bucket: "models", Key: "code/sourcedir.tar.gz", Body: await archiveOf({ "sk.py": "def model_fn(d): return open(d + '/factor').read()\ndef predict_fn(data, model): return model\n" }) }));
  await deploy(all, "sk", { image: IMAGES.sklearn, files: { factor: "9" }, environment: { SAGEMAKER_PROGRAM: "sk.py", SAGEMAKER_SUBMIT_DIRECTORY: "s3://models/code/sourcedir.tar.gz" } });
  await all.inService("sk");
  await expect(asking(cloud)("sk", "application/json", "[1]", "a/b")).rejects.toMatchObject({ OriginalStatusCode: 406, OriginalMessage: expect.stringContaining('"error": "UnsupportedFormatError"') as unknown });
  await expect(asking(cloud)("sk", "text/plain", "x")).rejects.toMatchObject({ OriginalStatusCode: 415, OriginalMessage: expect.stringContaining("Content type text/plain is not supported by this framework.") as unknown });
});

const TRACED = `import io, sys, torch
stream = io.BytesIO()
torch.jit.save(torch.jit.trace(lambda x: x * 2, torch.ones(1, 2)), stream)
sys.stdout.buffer.write(stream.getvalue())
`;

test.skipIf(!TORCH && !process.env["CI"])("a TorchScript model is served without any code: JSON, CSV and npy (skipped without PyTorch in /usr/bin/python3)", { timeout: 60_000 }, async () => {
  expect(TORCH, "CI needs python3-torch").toBe(true);
  await using cloud = await startCloud();
  const all = await hosting(cloud);
  const ask = asking(cloud);
  const made = spawnSync("/usr/bin/python3", ["-c", TRACED]);
  expect(String(made.stderr)).toBe("");
  await deploy(all, "torch", { image: IMAGES.pytorch, files: { "model.pt": made.stdout }, environment: { SAGEMAKER_TS_BATCH_SIZE: "4" } });
  await all.inService("torch");
  const logs = new CloudWatchLogsClient(cloud.client);
  // TorchServe has one worker where a variable of its own is set; an ml.t2.medium has two vCPUs.
  await expect.poll(async () => (await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/Endpoints/torch" }))).events?.map(({ message }) => message), { timeout: 10_000 }).toContain("1 worker ready");
  expect(await ask("torch", "application/json", "[[1, 2.5]]")).toEqual({ type: "application/json", body: "[[2.0, 5.0]]" });
  expect(await ask("torch", "text/csv", "1,2\n3,4", "text/csv")).toEqual({ type: "text/csv", body: "2.0,4.0\n6.0,8.0\n" });
  const npy = spawnSync("/usr/bin/python3", ["-c", "import numpy, sys; numpy.save(sys.stdout.buffer, numpy.array([[1.5]], dtype='float32'))"]).stdout;
  expect(await ask("torch", "application/x-npy", npy)).toEqual({ type: "application/json", body: "[[3.0]]" });
});

