import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateNotebookInstanceLifecycleConfigCommand, DeleteNotebookInstanceCommand, StartNotebookInstanceCommand, StopNotebookInstanceCommand, UpdateNotebookInstanceCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { serve, type ServedCloud } from "../../clients/server.ts";
import { startCloud, type ClientSettings } from "../../support/cloud.ts";
import { jupyterPython, notebooks, notebooksAgain, runCell } from "./support/notebook.ts";

const WITHOUT = jupyterPython() === undefined;

test.skipIf(WITHOUT)("a notebook instance runs Jupyter, whose cells find this cloud without any setting; its volume stays when it is stopped", { timeout: 240_000 }, async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  await all.create();
  const { Url, NotebookInstanceArn } = await all.until("InService");
  expect(Url).toMatch(/^127\.0\.0\.1:\d+$/);
  const session = await all.open();
  const said = await runCell(session, `
import boto3, json, os
open("/home/ec2-user/SageMaker/kept.txt", "w").write("kept")
metadata = json.load(open("/opt/ml/metadata/resource-metadata.json"))
print(metadata["ResourceArn"], os.getcwd(), boto3.client("sts").get_caller_identity()["Arn"])
print(boto3.client("sagemaker").describe_notebook_instance(NotebookInstanceName=metadata["ResourceName"])["RoleArn"])`);
  expect(said.split("\n")).toEqual([`${NotebookInstanceArn} /home/ec2-user/SageMaker arn:aws:sts::000000000000:assumed-role/notebook/SageMaker`, all.roleArn, ""]);

  await all.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await all.until("Stopped");
  await all.sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await all.until("InService");
  expect(await runCell(await all.open(), `print(open("kept.txt").read())`)).toBe("kept\n");
  await all.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await all.until("Stopped");
  await all.sagemaker.send(new DeleteNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await expect.poll(() => all.describe().then(() => "there", (error: Error) => error.message)).toBe("RecordNotFound");
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

test.skipIf(WITHOUT)("lifecycle scripts run before Jupyter, on-create once and on-start each time, with their output in the log; one that fails makes the start fail in AWS's words", { timeout: 240_000 }, async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  const { NotebookInstanceLifecycleConfigArn: arn } = await all.sagemaker.send(new CreateNotebookInstanceLifecycleConfigCommand({
    NotebookInstanceLifecycleConfigName: "setup",
    OnCreate: [{ Content: base64("#!/bin/bash\nset -e\necho creating in $HOME\necho once >> ~/SageMaker/created.txt\n") }],
    OnStart: [{ Content: base64("echo starting; echo started >> ~/SageMaker/started.txt; test ! -e ~/SageMaker/broken") }],
  }));
  await all.create({ LifecycleConfigName: "setup" });
  expect((await all.until("InService")).NotebookInstanceLifecycleConfigName).toBe("setup");
  expect(await all.lines("nb/LifecycleConfigOnCreate")).toEqual(["creating in /home/ec2-user"]);
  await all.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await all.until("Stopped");
  await all.sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await all.until("InService");
  expect(await runCell(await all.open(), `print(open("created.txt").read(), open("started.txt").read())\nopen("broken", "w")`)).toBe("once\n started\nstarted\n\n");
  expect(await all.lines("nb/LifecycleConfigOnStart")).toEqual(["starting", "starting"]);
  await all.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await all.until("Stopped");
  await all.sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  const { FailureReason, NotebookInstanceArn } = await all.until("Failed");
  expect(FailureReason).toBe(`Notebook Instance Lifecycle Config '${arn}' for Notebook Instance '${NotebookInstanceArn}' failed with exit code 1. Please check your CloudWatch logs for more details if your Notebook Instance has Internet access.`);
});

test.skipIf(WITHOUT)("a lifecycle script that takes longer than five minutes makes the start fail, and the machine is gone", { timeout: 120_000 }, async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  await all.sagemaker.send(new CreateNotebookInstanceLifecycleConfigCommand({ NotebookInstanceLifecycleConfigName: "slow", OnStart: [{ Content: base64("echo waiting; sleep 1000") }] }));
  await all.create({ LifecycleConfigName: "slow" });
  await expect.poll(() => all.lines("nb/LifecycleConfigOnStart").catch(() => []), { timeout: 20_000 }).toEqual(["waiting"]);
  cloud.clock.advance(301_000);
  expect((await all.until("Failed")).FailureReason).toContain("took longer than 5 minutes. Please check your CloudWatch logs");
});

// Written to, page by page, so that it is really used.
const ALLOCATE = "b = bytearray(5 * 1024**3)\nfor i in range(0, len(b), 4096): b[i] = 1\nprint('kept', len(b) >> 30)";

test.skipIf(WITHOUT)("a kernel of 5 GiB dies on ml.t3.medium, Jupyter lives on, and the finding names the next type with its price; on ml.t3.large the kernel lives", { timeout: 300_000 }, async (context) => {
  await using cloud = await startCloud();
  if (cloud.isolation.memory === "watchdog") return context.skip("memory is not limited by the kernel here");
  const all = await notebooks(cloud);
  await all.create();
  await all.until("InService");
  const session = await all.open();
  expect(await runCell(session, ALLOCATE)).toBe("died");
  expect(await runCell(session, "print('alive')")).toBe("alive\n");
  await expect.poll(async () => (await all.describe()).FailureReason, { timeout: 5_000 })
    .toMatch(/^A kernel ran out of memory and was killed: the notebook instance reached \d{4} MiB, and ml\.t3\.medium has 4096 MiB\. The cheapest type with more is ml\.t3\.large \(8 GiB, USD 0\.1 an hour\)/);
  expect((await all.describe()).NotebookInstanceStatus).toBe("InService");
  await expect.poll(async () => (await all.lines("nb/jupyter.log")).some((line) => line.startsWith("A kernel ran out of memory"))).toBe(true);
  await all.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  await all.until("Stopped");
  await all.sagemaker.send(new UpdateNotebookInstanceCommand({ NotebookInstanceName: "nb", InstanceType: "ml.t3.large" }));
  await all.sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: "nb" }));
  expect((await all.until("InService")).FailureReason).toBeUndefined();
  expect(await runCell(await all.open(), ALLOCATE)).toBe("kept 5\n");
});

test.skipIf(WITHOUT)("after kill -9 a notebook instance is started again with what its volume held", { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-kill-"));
  const clientOf = ({ endpoint }: ServedCloud): { readonly client: ClientSettings } =>
    ({ client: { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, forcePathStyle: true, maxAttempts: 1 } });
  try {
    const first = await serve(join(folder, "cloud"));
    const before = await notebooks(clientOf(first));
    await before.create();
    await before.until("InService");
    await runCell(await before.open(), "open('kept.txt', 'w').write('kept')");
    await first.kill();
    await using second = await serve(join(folder, "cloud"));
    const after = notebooksAgain(clientOf(second));
    await after.until("InService");
    expect(await runCell(await after.open(), "print(open('kept.txt').read())")).toBe("kept\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.skipIf(WITHOUT)("with its tag a notebook instance is stopped when nothing has run for as long, and not while a cell runs", { timeout: 180_000 }, async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  await all.create({ Tags: [{ Key: "sagebrush:idle-stop-minutes", Value: "10" }] });
  await all.until("InService");
  const running = runCell(await all.open(), "import time; time.sleep(6); print('done')");
  await expect.poll(async () => (await all.lines("nb/jupyter.log")).some((line) => line.includes("Kernel started")), { timeout: 20_000 }).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  cloud.clock.advance(601_000);
  expect(await running).toBe("done\n");
  expect((await all.describe()).NotebookInstanceStatus).toBe("InService");
  cloud.clock.advance(31_000);
  await all.until("Stopped");
});
