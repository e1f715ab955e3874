import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DeleteHyperParameterTuningJobCommand, DescribeHyperParameterTuningJobCommand, StopTrainingJobCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud, type ClientSettings } from "../../support/cloud.ts";
import { tunings, withStatic } from "./support/tuning.ts";

const CHOICES = { CategoricalParameterRanges: [{ Name: "x", Values: ["1", "2", "3"] }, { Name: "colour", Values: ["red", "blue"] }] };

/** Waits until a training job's script runs and has printed its objective. */
async function hasReported(cloud: { readonly client: ClientSettings }, name = ""): Promise<void> {
  const logs = new CloudWatchLogsClient(cloud.client);
  const lines = async (): Promise<number> => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: "/aws/sagemaker/TrainingJobs", logStreamNamePrefix: `${name}/`, filterPattern: "distance" }));
    return events.length;
  };
  // There is no such group before the first line.
  await expect.poll(() => lines().catch(() => 0), { timeout: 20_000 }).toBeGreaterThan(0);
}

test("a grid tries every combination once, also without a number of training jobs", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({ Strategy: "Grid", ParameterRanges: CHOICES, ResourceLimits: { MaxParallelTrainingJobs: 3 } });
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Completed: 6 }, BestTrainingJob: { TunedHyperParameters: { x: "3" } } });
  const tried = (await all.trials()).map(({ TunedHyperParameters }) => `${TunedHyperParameters?.["x"]} ${TunedHyperParameters?.["colour"]}`);
  expect(tried).toEqual(["1 red", "1 blue", "2 red", "2 blue", "3 red", "3 blue"]);
});

test("a target that is reached ends the tuning job", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({ Strategy: "Grid", ParameterRanges: CHOICES, ResourceLimits: { MaxParallelTrainingJobs: 1 }, TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 1 } });
  const job = await all.tuned();
  expect(job).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Completed: 3 }, BestTrainingJob: { FinalHyperParameterTuningJobObjectiveMetric: { Value: 1 } } });
});

test("training jobs that bring no improvement end the tuning job", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  const ranges = { CategoricalParameterRanges: [{ Name: "x", Values: ["4", "5", "6", "7", "8", "9"] }] };
  await all.tune({ Strategy: "Grid", ParameterRanges: ranges, ResourceLimits: { MaxParallelTrainingJobs: 1 }, TuningJobCompletionCriteria: { BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: 3 } } });
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Completed: 4 }, TuningJobCompletionDetails: { NumberOfTrainingJobsObjectiveNotImproving: 3 } });
});

test("MaxRuntimeInSeconds stops what runs", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({ ResourceLimits: { MaxParallelTrainingJobs: 1, MaxRuntimeInSeconds: 120 } }, withStatic(all, { epochs: "1000", pause: "20" }));
  await expect.poll(async () => (await all.trials())[0]?.TrainingJobName, { timeout: 20_000 }).toBeDefined();
  await hasReported(cloud, (await all.trials())[0]?.TrainingJobName);
  cloud.clock.advance(121_000);
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Stopped: 1, Completed: 0 } });
});

test("five attempts without a success fail the tuning job with AWS's sentence", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud, `console.error("no such picture"); process.exit(1);`);
  await all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 20, MaxParallelTrainingJobs: 1 } });
  expect(await all.tuned()).toMatchObject({
    HyperParameterTuningJobStatus: "Failed", TrainingJobStatusCounters: { NonRetryableError: 5 }, ObjectiveStatusCounters: { Failed: 5 },
    FailureReason: "No training job succeeded after 5 attempts. Please take a look at the training job failures to get more details.",
  });
  expect((await all.trials())[0]).toMatchObject({ TrainingJobStatus: "Failed", FailureReason: expect.stringContaining("AlgorithmError"), ObjectiveStatus: "Failed" });
});

test("training jobs that never print the objective fail the tuning job", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud, `console.log("loss: 1");`);
  await all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 2 } });
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Failed", TrainingJobStatusCounters: { Completed: 2 }, FailureReason: expect.stringContaining("No objective metrics found after running 2 training jobs") });
});

test("a training job that its user stops counts with what it had reached, and the tuning job goes on", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 } }, withStatic(all, { epochs: "1000", pause: "20" }));
  await expect.poll(async () => (await all.trials())[0]?.TrainingStartTime, { timeout: 20_000 }).toBeDefined();
  const name = (await all.trials())[0]?.TrainingJobName;
  await hasReported(cloud, name);
  await all.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name }));
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Stopped: 1 }, BestTrainingJob: { TrainingJobName: name, TrainingJobStatus: "Stopped" } });
});

test("a deleted tuning job is not found; its training jobs stay", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({ ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 } });
  const remove = new DeleteHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "tune-1" });
  await expect(all.sagemaker.send(remove)).rejects.toMatchObject({ name: "ValidationException", message: /while it is in status InProgress/ });
  await all.tuned();
  const [trial] = await all.trials();
  await all.sagemaker.send(remove);
  await expect(all.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "tune-1" })))
    .rejects.toMatchObject({ name: "ResourceNotFound", message: "Amazon SageMaker can't find a tuning job called tune-1. Type another name." });
  expect((await all.describe(trial?.TrainingJobName)).TrainingJobStatus).toBe("Completed");
});
