import { ListTagsCommand } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { tunings, withStatic } from "./support/tuning.ts";

test("Bayesian search comes close to the best value", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({ Strategy: "Bayesian", ResourceLimits: { MaxNumberOfTrainingJobs: 12, MaxParallelTrainingJobs: 2 } });
  const job = await all.tuned();
  expect(job.TrainingJobStatusCounters?.Completed).toBe(12);
  expect(job.BestTrainingJob?.FinalHyperParameterTuningJobObjectiveMetric?.Value).toBeLessThan(0.2);
});

test("the median rule stops a training job that is worse than those before it", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  const ranges = { CategoricalParameterRanges: [{ Name: "x", Values: ["3", "4", "9"] }] };
  await all.tune({ Strategy: "Grid", TrainingJobEarlyStoppingType: "Auto", ParameterRanges: ranges, ResourceLimits: { MaxParallelTrainingJobs: 1 } }, withStatic(all, { epochs: "40", pause: "15" }));
  expect(await all.tuned()).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Completed: 1, Stopped: 2 }, BestTrainingJob: { TunedHyperParameters: { x: "3" } } });
  const states = (await all.trials()).map(({ TunedHyperParameters, TrainingJobStatus }) => [TunedHyperParameters?.["x"], TrainingJobStatus]);
  expect(states).toEqual([["3", "Completed"], ["4", "Stopped"], ["9", "Stopped"]]);
});

test("Hyperband stops most of its training jobs early and all by MaxResource", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune(
    { Strategy: "Hyperband", StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 9 } }, ResourceLimits: { MaxNumberOfTrainingJobs: 9, MaxParallelTrainingJobs: 2 } },
    withStatic(all, { epochs: "200", pause: "10" }),
  );
  const job = await all.tuned();
  expect(job).toMatchObject({ HyperParameterTuningJobStatus: "Completed", TrainingJobStatusCounters: { Stopped: 9 }, ObjectiveStatusCounters: { Succeeded: 9 } });
  const seconds = (await all.trials()).map(({ TrainingStartTime, TrainingEndTime }) => (TrainingEndTime?.getTime() ?? 0) - (TrainingStartTime?.getTime() ?? 0));
  expect(Math.max(...seconds)).toBeLessThan(2_000); // all of its epochs take longer
});

test("a warm start of identical data does not try again, and names the best of all", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  const ranges = { CategoricalParameterRanges: [{ Name: "x", Values: ["1", "3", "5", "7"] }] };
  const limits = { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 1 };
  await all.tune({ ParameterRanges: ranges, ResourceLimits: limits });
  const WarmStartConfig = { WarmStartType: "IdenticalDataAndAlgorithm" as const, ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: "tune-1" }] };
  const child = (type: "IdenticalDataAndAlgorithm" | "TransferLearning") => ({ HyperParameterTuningJobName: `child-${type.slice(0, 8)}`, WarmStartConfig: { ...WarmStartConfig, WarmStartType: type } });
  await expect(all.tune({ ParameterRanges: ranges, ResourceLimits: limits }, child("TransferLearning"))).rejects.toMatchObject({ message: "The parent tuning job tune-1 is InProgress; it must have ended." });
  await all.tuned();
  await all.tune({ ParameterRanges: ranges, ResourceLimits: limits }, child("IdenticalDataAndAlgorithm"));
  const job = await all.tuned("child-Identica");
  const tried = [...await all.trials(), ...await all.trials("child-Identica")].map(({ TunedHyperParameters }) => TunedHyperParameters?.["x"]);
  expect(new Set(tried)).toEqual(new Set(["1", "3", "5", "7"]));
  expect(job.OverallBestTrainingJob).toMatchObject({ TunedHyperParameters: { x: "3" }, FinalHyperParameterTuningJobObjectiveMetric: { Value: 0 } });
  await all.tune({ ParameterRanges: ranges, ResourceLimits: limits }, child("TransferLearning"));
  expect((await all.tuned("child-Transfer")).OverallBestTrainingJob).toBeUndefined();
  await expect(all.tune({ HyperParameterTuningJobObjective: { Type: "Maximize", MetricName: "distance" } }, { HyperParameterTuningJobName: "other", WarmStartConfig }))
    .rejects.toMatchObject({ message: "The parent tuning job tune-1 has another objective: Minimize distance." });
});

test("several definitions share the training jobs; the best of all is named, tags are handed on", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  const { TrainingJobDefinition: definition, HyperParameterTuningJobConfig: config } = all.request;
  if (definition === undefined || config === undefined) throw new Error("the request has both");
  const range = (MinValue: string, MaxValue: string) => ({ ContinuousParameterRanges: [{ Name: "x", MinValue, MaxValue }] });
  await all.tune({ ParameterRanges: undefined, HyperParameterTuningJobObjective: undefined }, {
    TrainingJobDefinition: undefined, Tags: [{ Key: "team", Value: "dogs" }],
    TrainingJobDefinitions: [
      { ...definition, DefinitionName: "far", TuningObjective: config.HyperParameterTuningJobObjective, HyperParameterRanges: range("8", "9") },
      { ...definition, DefinitionName: "near", TuningObjective: config.HyperParameterTuningJobObjective, HyperParameterRanges: range("2.9", "3.1") },
    ],
  });
  const job = await all.tuned();
  expect(job.BestTrainingJob).toMatchObject({ TrainingJobDefinitionName: "near" });
  const trials = await all.trials();
  expect(trials.map(({ TrainingJobDefinitionName }) => TrainingJobDefinitionName)).toEqual(["far", "near", "far", "near"]);
  const tags = await all.sagemaker.send(new ListTagsCommand({ ResourceArn: trials[0]?.TrainingJobArn }));
  expect(tags.Tags).toEqual([{ Key: "team", Value: "dogs" }]);
});
