import { spawnSync } from "node:child_process";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { CreateTrainingJobCommandInput, DebugRuleConfiguration } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { archiveOf } from "./support/archive.ts";
import { jobs, type Jobs } from "./support/job.ts";

const TORCH = spawnSync("/usr/bin/python3", ["-c", "import torch"]).status === 0;

/** Trains a small network on fixed data; RATE 0 learns nothing. Nothing in it speaks of rules. */
const SCRIPT = `
import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float)
parser.add_argument("--steps", type=int, default=60)
given = parser.parse_args()
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=given.rate)
loss = torch.nn.CrossEntropyLoss()
x = torch.randn(64, 4)
y = (x.sum(1) > 0).long()
for _ in range(given.steps):
    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()
print("trained")
`;

const rule = (name: string, parameters: Readonly<Record<string, string>> = {}): DebugRuleConfiguration => ({
  RuleConfigurationName: name, RuleEvaluatorImage: "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest", RuleParameters: { rule_to_invoke: name, ...parameters },
});

async function scene(cloud: TestCloud, script = SCRIPT): Promise<{ readonly all: Jobs; start(name: string, rate: string, change: Partial<CreateTrainingJobCommandInput>): Promise<void> }> {
  const all = await jobs(cloud, "");
  await all.s3.send(new PutObjectCommand({ Bucket: "jobs", Key: "torch.tar.gz", Body: await archiveOf({ "train.py": script }) }));
  return {
    all,
    start: (TrainingJobName, rate, change) => all.start({
      TrainingJobName, AlgorithmSpecification: { TrainingImage: "pytorch-training:2.1", TrainingInputMode: "File" },
      HyperParameters: { sagemaker_program: '"train.py"', sagemaker_submit_directory: '"s3://jobs/torch.tar.gz"', rate }, ...change,
    }),
  };
}

const every = (steps: string): Pick<CreateTrainingJobCommandInput, "DebugHookConfig"> => ({
  DebugHookConfig: { S3OutputPath: "s3://jobs/debug", HookParameters: { save_interval: steps } },
});

test.skipIf(!TORCH && !process.env["CI"])("rules watch a script that knows nothing of them (skipped without PyTorch in /usr/bin/python3)", { timeout: 60_000 }, async () => {
  expect(TORCH, "CI needs python3-torch").toBe(true);
  await using cloud = await startCloud();
  const { all, start } = await scene(cloud);
  const DebugRuleConfigurations = [rule("LossNotDecreasing"), rule("VanishingGradient"), rule("UnchangedTensor"), rule("DeadRelu"), rule("ClassImbalance")];
  await start("learns", "0.5", { DebugRuleConfigurations, ...every("10") });
  await start("stands", "0.0", { DebugRuleConfigurations, ...every("10") });
  const statuses = async (name: string): Promise<Readonly<Record<string, string>>> => {
    const job = await all.ended(name);
    expect(job).toMatchObject({ TrainingJobStatus: "Completed" });
    return Object.fromEntries((job.DebugRuleEvaluationStatuses ?? []).map(({ RuleConfigurationName = "", RuleEvaluationStatus = "" }) => [RuleConfigurationName, RuleEvaluationStatus]));
  };
  const one = { LossNotDecreasing: "NoIssuesFound", VanishingGradient: "NoIssuesFound", UnchangedTensor: "NoIssuesFound", DeadRelu: "NoIssuesFound" };
  expect(await statuses("learns")).toMatchObject({ ...one, ClassImbalance: "NoIssuesFound" });
  expect(await statuses("stands")).toMatchObject({ ...one, LossNotDecreasing: "IssuesFound", UnchangedTensor: "IssuesFound" });
  const details = (await all.describe("stands")).DebugRuleEvaluationStatuses?.[0]?.StatusDetails;
  expect(details).toMatch(/^RuleEvaluationConditionMet: Evaluation of the rule LossNotDecreasing at step 10 resulted in the condition being met: the loss decreased by 0 % between step 0 \(/);
});

test.skipIf(!TORCH && !process.env["CI"])("a rule with the action StopTraining stops its job while it runs (skipped without PyTorch in /usr/bin/python3)", { timeout: 60_000 }, async () => {
  expect(TORCH, "CI needs python3-torch").toBe(true);
  await using cloud = await startCloud();
  const { all, start } = await scene(cloud, SCRIPT.replace("    optimizer.step()", "    optimizer.step()\n    import time; time.sleep(0.02)"));
  await start("stopped", "0.0", {
    DebugRuleConfigurations: [rule("LossNotDecreasing", { action_json: '[{"name": "stoptraining", "parameters": {}}]' }), rule("AllZero")], ...every("10"),
    HyperParameters: { sagemaker_program: '"train.py"', sagemaker_submit_directory: '"s3://jobs/torch.tar.gz"', rate: "0.0", steps: "100000" },
  });
  const job = await all.ended("stopped");
  expect(job).toMatchObject({ TrainingJobStatus: "Stopped", DebugRuleEvaluationStatuses: [{ RuleEvaluationStatus: "IssuesFound" }, { RuleEvaluationStatus: "Stopped" }] });
});

test.skipIf(!TORCH && !process.env["CI"])("scripts that use smdebug run, with and without a hook's configuration (skipped without PyTorch in /usr/bin/python3)", { timeout: 60_000 }, async () => {
  expect(TORCH, "CI needs python3-torch").toBe(true);
  await using cloud = await startCloud();
  const { all, start } = await scene(cloud, `import smdebug.pytorch as smd
from smdebug import modes
hook = smd.get_hook(create_if_not_exists=True)
print("hook", type(hook).__name__)
other = smd.Hook.create_from_json_file()
${SCRIPT.replace("for _ in", "other.register_hook(model)\nother.register_loss(loss)\nother.set_mode(modes.TRAIN)\nfor _ in")}
other.save_scalar("mine", 1.5, sm_metric=True)
`);
  await start("with", "0.5", every("10"));
  await start("watched", "0.5", { DebugRuleConfigurations: [rule("LossNotDecreasing")], ...every("10") });
  await start("without", "0.5", {});
  for (const name of ["with", "watched", "without"]) expect((await all.ended(name)).FailureReason).toBeUndefined();
  expect((await all.describe("watched")).DebugRuleEvaluationStatuses).toMatchObject([{ RuleEvaluationStatus: "NoIssuesFound" }]);
});

test("profiler rules judge every program; unknown rules, rules of one's own and tensors of other programs are refused by name", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "setTimeout(() => {}, 1500);");
  await all.start({ ProfilerConfig: { S3OutputPath: "s3://jobs/profile" }, ProfilerRuleConfigurations: [rule("ProfilerReport"), rule("LowGPUUtilization"), rule("OverallSystemUsage")] });
  const job = await all.ended();
  expect(job).toMatchObject({
    ProfilingStatus: "Enabled",
    ProfilerRuleEvaluationStatuses: [{ RuleEvaluationStatus: "NoIssuesFound" }, { StatusDetails: expect.stringContaining("this machine has no GPU") as unknown }, { StatusDetails: expect.stringMatching(/^algo-1: cpu p50 [\d.]+ %/) as unknown }],
  });
  const refused = async (change: Partial<CreateTrainingJobCommandInput>): Promise<string> => all.start({ TrainingJobName: "other", ...change }).then(() => "nothing", (error: Error) => error.message);
  expect(await refused({ DebugRuleConfigurations: [rule("LossNotDecreasing")] })).toMatch(/^DebugRuleConfigurations is not supported by Sagebrush yet: rules about the tensors of node-training:24/);
  expect(await refused({ DebugRuleConfigurations: [rule("TensorVariance")] })).toMatch(/^The debugger rule TensorVariance is not supported by Sagebrush yet: the built-in rules that are there are LossNotDecreasing/);
  expect(await refused({ DebugRuleConfigurations: [{ ...rule("Mine"), RuleEvaluatorImage: "000000000000.dkr.ecr.us-east-1.amazonaws.com/mine:1" }] })).toMatch(/^The rule Mine is not supported/);
  expect(await refused({ ProfilerRuleConfigurations: [rule("ProfilerReport", { action_json: '{"name": "email"}' })] })).toMatch(/^The rule action email is not supported/);
});
