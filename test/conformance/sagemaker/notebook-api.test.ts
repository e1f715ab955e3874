import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AddTagsCommand, CreateNotebookInstanceLifecycleConfigCommand, CreatePresignedNotebookInstanceUrlCommand, DeleteNotebookInstanceCommand, DeleteNotebookInstanceLifecycleConfigCommand,
  DescribeNotebookInstanceLifecycleConfigCommand, ListNotebookInstanceLifecycleConfigsCommand, ListNotebookInstancesCommand, ListTagsCommand, StartNotebookInstanceCommand, StopNotebookInstanceCommand,
  UpdateNotebookInstanceCommand, UpdateNotebookInstanceLifecycleConfigCommand, type CreateNotebookInstanceCommandInput,
} from "@aws-sdk/client-sagemaker";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeRole } from "../../support/roles.ts";
import { startCloud } from "../../support/cloud.ts";
import { notebooks } from "./support/notebook.ts";

// A Python without JupyterLab, whatever the host has: what is checked here runs before any Jupyter.
const named = process.env["SAGEBRUSH_JUPYTER_PYTHON"];
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sagebrush-python-"));
  symlinkSync("/bin/false", join(folder, "python"));
  process.env["SAGEBRUSH_JUPYTER_PYTHON"] = join(folder, "python");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  if (named === undefined) delete process.env["SAGEBRUSH_JUPYTER_PYTHON"];
  else process.env["SAGEBRUSH_JUPYTER_PYTHON"] = named;
});

const Name = { NotebookInstanceName: "nb" };
const ARN = "arn:aws:sagemaker:us-east-1:000000000000:notebook-instance/nb";

test("without JupyterLab a notebook instance fails, and its reason holds the command that installs it", async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  await all.create();
  expect((await all.until("Failed")).FailureReason).toContain(`${folder}/python -m pip install jupyterlab boto3`);
});

test("what cannot be is refused in AWS's words, before anything is stored", async () => {
  await using cloud = await startCloud({ quotas: "ml.t3.xlarge for notebook instance usage=0" });
  const all = await notebooks(cloud);
  const refused = (change: Partial<CreateNotebookInstanceCommandInput>): Promise<string> => all.create({ NotebookInstanceName: "other", ...change }).then(() => "made", (error: Error) => error.message);
  expect(await refused({ DefaultCodeRepository: "https://github.com/a/b" })).toContain("DefaultCodeRepository is not supported by Sagebrush yet");
  expect(await refused({ SubnetId: "subnet-1" })).toContain("SubnetId is not supported");
  expect(await refused({ KmsKeyId: "key" })).toContain("KmsKeyId is not supported");
  expect(await refused({ AcceleratorTypes: ["ml.eia1.medium"] })).toContain("AcceleratorTypes is not supported");
  expect(await refused({ DirectInternetAccess: "Disabled" })).toContain("DirectInternetAccess is not supported");
  expect(await refused({ LifecycleConfigName: "nowhere" })).toContain("Unable to describe Notebook Instance Lifecycle Config 'nowhere'");
  expect(await refused({ VolumeSizeInGB: 4 })).toContain("'volumeSizeInGB' failed to satisfy constraint");
  expect(await refused({ InstanceType: "ml.t3.xlarge" })).toContain("The account-level service limit 'ml.t3.xlarge for notebook instance usage' is 0 Instances");
  expect(await refused({ PlatformIdentifier: "windows" })).toContain("platformIdentifier");
  await makeRole(cloud, { name: "lambda", service: "lambda.amazonaws.com", actions: [] });
  expect(await refused({ RoleArn: "arn:aws:iam::000000000000:role/lambda" })).toMatch(/Could not assume role|assume/);
  expect((await all.sagemaker.send(new ListNotebookInstancesCommand({}))).NotebookInstances).toEqual([]);
});

test("states that do not admit a request refuse it in AWS's words; a failed one can be changed, tagged, listed and deleted", async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  const answer = (sending: Promise<unknown>): Promise<string> => sending.then(() => "done", (error: Error) => error.message);
  for (const command of [new StartNotebookInstanceCommand(Name), new StopNotebookInstanceCommand(Name), new DeleteNotebookInstanceCommand(Name), new UpdateNotebookInstanceCommand(Name), new CreatePresignedNotebookInstanceUrlCommand(Name)]) {
    expect(await answer(all.sagemaker.send(command as StartNotebookInstanceCommand))).toBe("RecordNotFound");
  }
  await all.create({ VolumeSizeInGB: 8, Tags: [{ Key: "team", Value: "dogs" }] });
  expect(await answer(all.create())).toBe(`Cannot create a duplicate Notebook Instance (${ARN})`);
  await all.until("Failed");
  expect(await answer(all.sagemaker.send(new StopNotebookInstanceCommand(Name)))).toBe(`Status (Failed) not in ([InService]). Unable to transition to (Stopping) for Notebook Instance (${ARN})`);
  expect(await answer(all.sagemaker.send(new CreatePresignedNotebookInstanceUrlCommand(Name)))).toContain("Status (Failed) not in ([InService])");
  expect(await answer(all.sagemaker.send(new UpdateNotebookInstanceCommand({ ...Name, VolumeSizeInGB: 5 })))).toContain("Volumes cannot shrink");
  await all.sagemaker.send(new UpdateNotebookInstanceCommand({ ...Name, VolumeSizeInGB: 20, InstanceType: "ml.t3.large" }));
  expect(await all.describe()).toMatchObject({ NotebookInstanceStatus: "Stopped", VolumeSizeInGB: 20, InstanceType: "ml.t3.large", RoleArn: all.roleArn, DirectInternetAccess: "Enabled", RootAccess: "Enabled" });
  await all.sagemaker.send(new AddTagsCommand({ ResourceArn: ARN, Tags: [{ Key: "size", Value: "large" }] }));
  expect((await all.sagemaker.send(new ListTagsCommand({ ResourceArn: ARN }))).Tags).toEqual([{ Key: "team", Value: "dogs" }, { Key: "size", Value: "large" }]);
  expect((await all.sagemaker.send(new ListNotebookInstancesCommand({ StatusEquals: "Stopped", NameContains: "n" }))).NotebookInstances).toMatchObject([{ NotebookInstanceName: "nb", InstanceType: "ml.t3.large" }]);
  await all.sagemaker.send(new DeleteNotebookInstanceCommand(Name));
  await expect.poll(() => answer(all.describe())).toBe("RecordNotFound");
});

test("lifecycle configurations are made, changed, listed and deleted, unless a notebook instance uses them", async () => {
  await using cloud = await startCloud();
  const all = await notebooks(cloud);
  const Config = { NotebookInstanceLifecycleConfigName: "setup" };
  const script = (text: string): { Content: string }[] => [{ Content: Buffer.from(text).toString("base64") }];
  await all.sagemaker.send(new CreateNotebookInstanceLifecycleConfigCommand({ ...Config, OnStart: script("echo one") }));
  await expect(all.sagemaker.send(new CreateNotebookInstanceLifecycleConfigCommand(Config))).rejects.toThrow("Cannot create a duplicate Notebook Instance Lifecycle Config");
  await all.sagemaker.send(new UpdateNotebookInstanceLifecycleConfigCommand({ ...Config, OnCreate: script("echo two") }));
  expect(await all.sagemaker.send(new DescribeNotebookInstanceLifecycleConfigCommand(Config))).toMatchObject({ OnCreate: script("echo two"), OnStart: script("echo one") });
  expect((await all.sagemaker.send(new ListNotebookInstanceLifecycleConfigsCommand({}))).NotebookInstanceLifecycleConfigs).toMatchObject([Config]);
  await all.create({ LifecycleConfigName: "setup" });
  await expect(all.sagemaker.send(new DeleteNotebookInstanceLifecycleConfigCommand(Config))).rejects.toThrow("it is used by Notebook Instance");
  await all.until("Failed");
  await all.sagemaker.send(new UpdateNotebookInstanceCommand({ ...Name, DisassociateLifecycleConfig: true }));
  await all.sagemaker.send(new DeleteNotebookInstanceLifecycleConfigCommand(Config));
  await expect(all.sagemaker.send(new DescribeNotebookInstanceLifecycleConfigCommand(Config))).rejects.toThrow("RecordNotFound");
});
