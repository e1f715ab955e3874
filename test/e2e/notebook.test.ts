import { existsSync } from "node:fs";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreatePresignedNotebookInstanceUrlCommand } from "@aws-sdk/client-sagemaker";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { archiveOf } from "../conformance/sagemaker/support/archive.ts";
import { jupyterPython, notebooks } from "../conformance/sagemaker/support/notebook.ts";
import { startCloud } from "../support/cloud.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const missing = (!existsSync(CHROMIUM) && process.env["CI"] !== "true") || jupyterPython() === undefined;

const TRAIN = `
import json, os
with open(os.path.join(os.environ["SM_MODEL_DIR"], "model.json"), "w") as file:
    json.dump({"answer": 42}, file)
`;
const SERVE = `
import json, os
def model_fn(folder):
    return json.load(open(os.path.join(folder, "model.json")))
def predict_fn(data, model):
    return {"answer": model["answer"] + int(data[0])}
`;

// What a person types into a cell: no endpoint, no region, no keys.
const CELL = `
import boto3, json
sm = boto3.client("sagemaker")
role = sm.describe_notebook_instance(NotebookInstanceName=json.load(open("/opt/ml/metadata/resource-metadata.json"))["ResourceName"])["RoleArn"]
sm.create_training_job(TrainingJobName="cell", RoleArn=role, AlgorithmSpecification={"TrainingImage": "python:3", "TrainingInputMode": "File"},
    OutputDataConfig={"S3OutputPath": "s3://lab/out"}, ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    StoppingCondition={"MaxRuntimeInSeconds": 600}, HyperParameters={"sagemaker_program": "train.py", "sagemaker_submit_directory": "s3://lab/source.tar.gz"})
sm.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="cell", WaiterConfig={"Delay": 1})
artifact = sm.describe_training_job(TrainingJobName="cell")["ModelArtifacts"]["S3ModelArtifacts"]
sm.create_model(ModelName="cell", ExecutionRoleArn=role, PrimaryContainer={"Image": "python:3", "ModelDataUrl": artifact,
    "Environment": {"SAGEMAKER_PROGRAM": "serve.py", "SAGEMAKER_SUBMIT_DIRECTORY": "s3://lab/source.tar.gz"}})
sm.create_endpoint_config(EndpointConfigName="cell", ProductionVariants=[{"VariantName": "all", "ModelName": "cell", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
sm.create_endpoint(EndpointName="cell", EndpointConfigName="cell")
sm.get_waiter("endpoint_in_service").wait(EndpointName="cell", WaiterConfig={"Delay": 1})
print("the model said", boto3.client("sagemaker-runtime").invoke_endpoint(EndpointName="cell", ContentType="application/json", Body=json.dumps([8]))["Body"].read().decode())
`;

const notebookOf = (code: string): string => JSON.stringify({
  nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
  cells: [{ id: "one", cell_type: "code", metadata: {}, source: code, outputs: [], execution_count: null }],
});

test.skipIf(missing)("a browser opens the link, and a cell that trains and deploys shows the endpoint's answer in the page", { timeout: 300_000 }, async () => {
  await using cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "lab" }));
  await s3.send(new PutObjectCommand({ Bucket: "lab", Key: "source.tar.gz", Body: await archiveOf({ "train.py": TRAIN, "serve.py": SERVE }) }));
  const all = await notebooks(cloud);
  await all.create();
  await all.until("InService");
  const session = await all.open();
  const put = await fetch(`${session.base}/api/contents/lab.ipynb`, { method: "PUT", headers: { cookie: session.cookie, "content-type": "application/json" }, body: JSON.stringify({ type: "notebook", format: "json", content: JSON.parse(notebookOf(CELL)) as object }) });
  expect(put.status).toBe(201);

  const { AuthorizedUrl = "" } = await all.sagemaker.send(new CreatePresignedNotebookInstanceUrlCommand({ NotebookInstanceName: "nb" }));
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(AuthorizedUrl);
    expect(page.url()).not.toContain("authToken");
    await page.goto(`${session.base}/lab/tree/lab.ipynb`);
    await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: 60_000 });
    // Shift+Enter before the kernel is there runs nothing.
    await page.getByText(/Python 3 \(ipykernel\) \| Idle/).waitFor({ timeout: 60_000 });
    await page.locator(".jp-Notebook .jp-CodeCell .cm-content").first().click();
    await page.keyboard.press("Shift+Enter");
    const output = page.locator(".jp-Notebook .jp-OutputArea-output", { hasText: /the model said \{|Traceback/ });
    await output.waitFor({ timeout: 90_000 });
    expect(await output.innerText()).toContain('the model said {"answer": 50}');
  } finally {
    await browser.close();
  }
});
