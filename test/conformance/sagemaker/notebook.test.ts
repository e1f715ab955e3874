import { StopNotebookInstanceCommand, StartNotebookInstanceCommand, DeleteNotebookInstanceCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { jupyterPython, notebooks, runCell } from "./support/notebook.ts";

const WITHOUT = jupyterPython() === undefined;

test.skipIf(WITHOUT)("a notebook instance runs Jupyter, whose cells find this cloud without any setting; its volume stays when it is stopped", { timeout: 120_000 }, async () => {
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
