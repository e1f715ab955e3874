import { StopTrainingJobCommand, UpdateTrainingJobCommand, type UpdateTrainingJobCommandInput } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { jobs } from "./support/job.ts";

const rule = (name: string) => ({
  RuleConfigurationName: name, RuleEvaluatorImage: "503895931360.dkr.ecr.us-east-1.amazonaws.com/sagemaker-debugger-rules:latest", RuleParameters: { rule_to_invoke: name },
});

test("a job that runs gets a profiler and rules, judged until they are disabled; a job that has ended gets none", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "setInterval(() => {}, 1000);");
  const update = (change: Omit<UpdateTrainingJobCommandInput, "TrainingJobName">) => all.sagemaker.send(new UpdateTrainingJobCommand({ TrainingJobName: "job-1", ...change }));
  await expect(update({})).rejects.toMatchObject({ name: "ValidationException", message: "Requested resource not found." });
  await all.start({ ExperimentConfig: { TrialComponentDisplayName: "Training" } });
  await all.untilSecondary("Training");
  expect(await all.describe()).toMatchObject({ ProfilingStatus: "Disabled", ExperimentConfig: { TrialComponentDisplayName: "Training" } });
  const { TrainingJobArn } = await update({ ProfilerConfig: { S3OutputPath: "s3://jobs/profile" }, ProfilerRuleConfigurations: [rule("OverallSystemUsage")] });
  expect(TrainingJobArn).toBe("arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1");
  expect(await all.describe()).toMatchObject({
    ProfilingStatus: "Enabled", ProfilerConfig: { S3OutputPath: "s3://jobs/profile" },
    ProfilerRuleConfigurations: [{ RuleConfigurationName: "OverallSystemUsage" }], ProfilerRuleEvaluationStatuses: [{ RuleConfigurationName: "OverallSystemUsage", RuleEvaluationStatus: "InProgress" }],
  });
  const wrong: readonly (readonly [Omit<UpdateTrainingJobCommandInput, "TrainingJobName">, string])[] = [
    [{ ProfilerRuleConfigurations: [rule("OverallSystemUsage")] }, "RuleConfigurationName OverallSystemUsage is given more than once."],
    [{ ProfilerRuleConfigurations: [rule("Nonsense")] }, "The profiler rule Nonsense is not supported"],
    [{ ResourceConfig: { KeepAlivePeriodInSeconds: 60 } }, "ResourceConfig.KeepAlivePeriodInSeconds is not supported"],
    [{ RemoteDebugConfig: { EnableRemoteDebug: true } }, "RemoteDebugConfig is not supported"],
  ];
  for (const [change, message] of wrong) await expect(update(change)).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining(message) as unknown });
  await update({ ProfilerConfig: { DisableProfiler: true } });
  expect(await all.describe()).toMatchObject({ ProfilingStatus: "Disabled", ProfilerRuleEvaluationStatuses: [{ RuleEvaluationStatus: "Stopped" }] });
  await update({ ProfilerConfig: { DisableProfiler: false }, ProfilerRuleConfigurations: [{ ...rule("OverallSystemUsage"), RuleConfigurationName: "again" }] });
  // A second of the machine has to be measured.
  await new Promise((resolve) => void setTimeout(resolve, 1500));
  await all.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: "job-1" }));
  await expect(update({})).rejects.toMatchObject({ message: expect.stringMatching(/^The request was rejected because the training job is in status Stop/) as unknown });
  const job = await all.ended();
  expect(job.ProfilerRuleEvaluationStatuses).toMatchObject([{ RuleConfigurationName: "OverallSystemUsage", RuleEvaluationStatus: "Stopped" }, { RuleConfigurationName: "again", RuleEvaluationStatus: "Stopped", StatusDetails: expect.stringContaining("cpu p50") as unknown }]);
});

test("a rule that is added while the artifact is being written is kept, and says that it saw nothing", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, `
    import { randomBytes } from "node:crypto";
    import { writeFileSync } from "node:fs";
    writeFileSync(process.env.SM_MODEL_DIR + "/weights.bin", randomBytes(96 * 1024 * 1024));
  `);
  await all.start();
  await all.untilSecondary("Uploading");
  await all.sagemaker.send(new UpdateTrainingJobCommand({ TrainingJobName: "job-1", ProfilerRuleConfigurations: [rule("OverallSystemUsage")] }));
  expect(await all.ended()).toMatchObject({
    TrainingJobStatus: "Completed", ProfilerRuleConfigurations: [{ RuleConfigurationName: "OverallSystemUsage" }],
    ProfilerRuleEvaluationStatuses: [{ RuleConfigurationName: "OverallSystemUsage", RuleEvaluationStatus: "Stopped", StatusDetails: "The training was over before the rule saw anything of it." }],
  });
});

test("rules of a job that never trained do not go on without it", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, "");
  await all.start({ HyperParameters: { sagemaker_program: "train.mjs", sagemaker_submit_directory: "s3://jobs/nothing.tar.gz" }, ProfilerRuleConfigurations: [rule("OverallSystemUsage")] });
  expect(await all.ended()).toMatchObject({ TrainingJobStatus: "Failed", ProfilerRuleEvaluationStatuses: [{ RuleEvaluationStatus: "Stopped" }] });
});
