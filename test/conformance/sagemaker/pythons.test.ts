import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { PYTHON } from "../../machines/support.ts";
import { archiveOf } from "./support/archive.ts";
import { jobs } from "./support/job.ts";

test("a framework's version runs in the environment that the user names for it; the log says which Python ran", { timeout: 60_000 }, async () => {
  // As a user's own: nobody else may walk to it.
  const home = mkdtempSync(join(tmpdir(), "sagebrush-home-"));
  chmodSync(home, 0o700);
  execFileSync(PYTHON, ["-m", "venv", "--without-pip", join(home, "torch21")]);
  const python = join(home, "torch21", "bin", "python");
  await using cloud = await startCloud({ python: `pytorch-training:2.1=${python},pytorch-training:9=/nowhere/python` });
  const all = await jobs(cloud, "");
  await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "source.tar.gz", Body: await archiveOf({ "train.py": "import sys\nprint('prefix', sys.prefix)" }) }));
  const start = async (name: string, tag: string): Promise<readonly string[]> => {
    await all.start({
      TrainingJobName: name, AlgorithmSpecification: { TrainingImage: `763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:${tag}`, TrainingInputMode: "File" },
      HyperParameters: { ...all.input.HyperParameters, sagemaker_program: '"train.py"' },
    });
    const job = await all.ended(name);
    expect(job.FailureReason).toBeUndefined();
    const { events = [] } = await new CloudWatchLogsClient(cloud.client).send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: `${name}/` }));
    return events.map(({ message = "" }) => message);
  };
  const named = await start("named", "2.1.0-cpu-py310");
  expect(named[0]).toMatch(new RegExp(String.raw`^Python 3\.\d+\.\d+\S* \(${python}\)$`));
  expect(named).toContain(`prefix ${join(home, "torch21")}`);
  const other = await start("other", "1.13-cpu-py39");
  expect(other[0]).not.toContain("torch21");
  expect(other).not.toContain(`prefix ${join(home, "torch21")}`);
  await expect(start("gone", "9-cpu")).rejects.toThrow("is to run with /nowhere/python (--python, or SAGEBRUSH_PYTHON), which is not there or cannot be run.");
  rmSync(home, { recursive: true });
});
