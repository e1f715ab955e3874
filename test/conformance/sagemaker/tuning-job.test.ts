import { DescribeTrainingJobCommand, ListHyperParameterTuningJobsCommand, ListTrainingJobsForHyperParameterTuningJobCommand, StopHyperParameterTuningJobCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { tunings, withStatic } from "./support/tuning.ts";

test("a tuning job runs its training jobs, two at once, and names the best one", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune();
  expect(await all.tuning()).toMatchObject({ HyperParameterTuningJobStatus: "InProgress", HyperParameterTuningJobArn: "arn:aws:sagemaker:us-east-1:000000000000:hyper-parameter-tuning-job/tune-1" });
  const job = await all.tuned();
  expect(job).toMatchObject({
    HyperParameterTuningJobStatus: "Completed",
    TrainingJobStatusCounters: { Completed: 4, InProgress: 0, RetryableError: 0, NonRetryableError: 0, Stopped: 0 },
    ObjectiveStatusCounters: { Succeeded: 4, Pending: 0, Failed: 0 },
  });
  // What the Python SDK's attach takes out again.
  expect(job.TrainingJobDefinition?.StaticHyperParameters).toMatchObject({ _tuning_objective_metric: "distance", sagemaker_program: '"train.mjs"' });
  const trials = await all.trials();
  expect(trials.map(({ TrainingJobName }) => TrainingJobName?.replace(/[0-9a-f]{8}$/, "HEX"))).toEqual(["tune-1-001-HEX", "tune-1-002-HEX", "tune-1-003-HEX", "tune-1-004-HEX"]);
  const closest = trials.toSorted((a, b) => Math.abs(Number(a.TunedHyperParameters?.["x"]) - 3) - Math.abs(Number(b.TunedHyperParameters?.["x"]) - 3))[0];
  expect(job.BestTrainingJob).toEqual(closest);
  expect(closest?.FinalHyperParameterTuningJobObjectiveMetric).toEqual({ Type: "Minimize", MetricName: "distance", Value: expect.closeTo(Math.abs(Number(closest?.TunedHyperParameters?.["x"]) - 3), 5) });
  // The third began when one of the first two had ended.
  const begins = trials.map(({ CreationTime }) => CreationTime?.getTime() ?? 0);
  const ends = trials.map(({ TrainingEndTime }) => TrainingEndTime?.getTime() ?? 0);
  expect(begins[2]).toBeGreaterThanOrEqual(Math.min(ends[0] ?? 0, ends[1] ?? 0));

  const trained = await all.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: closest?.TrainingJobName }));
  expect(trained).toMatchObject({ TrainingJobStatus: "Completed", TuningJobArn: job.HyperParameterTuningJobArn, HyperParameters: { x: closest?.TunedHyperParameters?.["x"], _tuning_objective_metric: "distance", sagemaker_program: '"train.mjs"' } });
  const listed = await all.sagemaker.send(new ListHyperParameterTuningJobsCommand({ StatusEquals: "Completed" }));
  expect(listed.HyperParameterTuningJobSummaries).toMatchObject([{ HyperParameterTuningJobName: "tune-1", Strategy: "Random", TrainingJobStatusCounters: { Completed: 4 } }]);
  const byValue = await all.sagemaker.send(new ListTrainingJobsForHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "tune-1", SortBy: "FinalObjectiveMetricValue", SortOrder: "Ascending", MaxResults: 1 }));
  expect(byValue.TrainingJobSummaries).toEqual([closest]);
  expect(byValue.NextToken).toBeDefined();
});

test("the same seed tries the same values, another one others", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune();
  await all.tune({}, { HyperParameterTuningJobName: "tune-2" });
  await all.tune({ RandomSeed: 8 }, { HyperParameterTuningJobName: "tune-3" });
  const values = async (name: string): Promise<unknown> => {
    await all.tuned(name);
    return (await all.trials(name)).map(({ TunedHyperParameters }) => TunedHyperParameters);
  };
  const first = await values("tune-1");
  expect(await values("tune-2")).toEqual(first);
  expect(await values("tune-3")).not.toEqual(first);
});

test("a stop reaches the training jobs that run", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({}, withStatic(all, { pause: "60000" }));
  await expect.poll(async () => (await all.trials()).filter(({ TrainingStartTime }) => TrainingStartTime !== undefined).length, { timeout: 20_000 }).toBe(2);
  await all.sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "tune-1" }));
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Stopped", TrainingJobStatusCounters: { Stopped: 2 }, ObjectiveStatusCounters: { Failed: 2 } });
  await expect(all.sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: "tune-1" }))).rejects.toMatchObject({ name: "ValidationException", message: /is in status Stopped/ });
});
