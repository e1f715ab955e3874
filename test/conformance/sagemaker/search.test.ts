import { SearchCommand, type SearchCommandInput } from "@aws-sdk/client-sagemaker";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { jobs } from "./support/job.ts";
import { tunings } from "./support/tuning.ts";

const SCRIPT = 'console.log("loss: " + process.env.SM_HP_X);';
const METRICS = { AlgorithmSpecification: { TrainingImage: "node-training:24", TrainingInputMode: "File" as const, MetricDefinitions: [{ Name: "loss", Regex: "loss: ([0-9.]+)" }] } };

test("training jobs are found by tags, metrics and hyperparameters, sorted, page by page", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await jobs(cloud, SCRIPT);
  for (const [name, x, project] of [["one", "0.3", "dogs"], ["two", "0.1", "dogs"], ["three", "0.2", "cats"], ["four", "0.4", undefined]] as const) {
    await all.start({ ...METRICS, TrainingJobName: name, HyperParameters: { ...all.input.HyperParameters, x }, ...(project !== undefined && { Tags: [{ Key: "Project", Value: project }] }) });
    await all.ended(name);
  }
  const find = async (input: Omit<SearchCommandInput, "Resource">): Promise<readonly (string | undefined)[]> =>
    ((await all.sagemaker.send(new SearchCommand({ Resource: "TrainingJob", ...input }))).Results ?? []).map(({ TrainingJob: job }) => job?.TrainingJobName);
  expect(await find({})).toEqual(["four", "three", "two", "one"]);
  expect(await find({ SearchExpression: { Filters: [{ Name: "Tags.Project", Operator: "Equals", Value: "dogs" }] }, SortBy: "Metrics.loss", SortOrder: "Ascending" })).toEqual(["two", "one"]);
  expect(await find({ SearchExpression: { Filters: [{ Name: "HyperParameters.x", Operator: "GreaterThan", Value: "0.15" }, { Name: "Tags.Project", Operator: "Exists" }] }, SortBy: "Metrics.loss" })).toEqual(["one", "three"]);
  expect(await find({ SearchExpression: { SubExpressions: [{ Filters: [{ Name: "TrainingJobName", Value: "two" }] }, { Filters: [{ Name: "TrainingJobName", Value: "four" }] }], Operator: "Or" } })).toEqual(["four", "two"]);
  // What has no such tag comes last.
  expect(await find({ SortBy: "Tags.Project", SortOrder: "Ascending" })).toEqual(["three", "one", "two", "four"]);
  const first = await all.sagemaker.send(new SearchCommand({ Resource: "TrainingJob", SortBy: "Metrics.loss", MaxResults: 3 }));
  expect(first).toMatchObject({ TotalHits: { Value: 4, Relation: "EqualTo" } });
  expect(first.Results?.[0]?.TrainingJob).toMatchObject({ TrainingJobName: "four", TrainingJobStatus: "Completed", FinalMetricDataList: [{ MetricName: "loss", Value: 0.4 }], RoleArn: all.input.RoleArn });
  expect(first.Results?.[1]?.TrainingJob).toMatchObject({ TrainingJobName: "one", Tags: [{ Key: "Project", Value: "dogs" }] });
  expect(await find({ SortBy: "Metrics.loss", MaxResults: 3, NextToken: first.NextToken })).toEqual(["two"]);
});

test("tuning jobs and endpoints are found as well; what cannot be searched is said", { timeout: 60_000 }, async () => {
  await using cloud = await startCloud();
  const all = await tunings(cloud);
  await all.tune({}, { Tags: [{ Key: "Project", Value: "dogs" }] });
  await all.tuned();
  const search = (input: SearchCommandInput) => all.sagemaker.send(new SearchCommand(input));
  const { Results } = await search({ Resource: "HyperParameterTuningJob", SearchExpression: { Filters: [{ Name: "HyperParameterTuningJobStatus", Value: "Completed" }, { Name: "Tags.Project", Value: "dogs" }] } });
  expect(Results).toMatchObject([{ HyperParameterTuningJob: { HyperParameterTuningJobName: "tune-1", TrainingJobStatusCounters: { Completed: 4 } } }]);
  expect((await search({ Resource: "TrainingJob", SearchExpression: { Filters: [{ Name: "TuningJobArn", Operator: "Contains", Value: "tune-1" }] } })).Results).toHaveLength(4);
  expect((await search({ Resource: "Endpoint" })).Results).toEqual([]);
  const wrong: readonly (readonly [SearchCommandInput, string])[] = [
    [{ Resource: "Experiment" }, "Search with Resource Experiment is not supported by Sagebrush yet"],
    [{ Resource: "TrainingJob", SearchExpression: {} }, "SearchExpression must have at least one"],
    [{ Resource: "TrainingJob", SearchExpression: { Filters: [{ Name: "Nonsense", Value: "1" }] } }, "Unknown property name: Nonsense."],
    [{ Resource: "TrainingJob", SortBy: "Nonsense" }, "Unknown property name: Nonsense."],
    [{ Resource: "TrainingJob", SearchExpression: { Filters: [{ Name: "RoleArn", Operator: "Contains", Value: "1" }, { Name: "TrainingJobName", Operator: "Contains", Value: "1" }] } }, "'CONTAINS' operator usage limit of 1 exceeded."],
    [{ Resource: "TrainingJob", CrossAccountFilterOption: "CrossAccount" }, "CrossAccountFilterOption CrossAccount is not supported"],
  ];
  for (const [input, message] of wrong) await expect(search(input)).rejects.toMatchObject({ name: "ValidationException", message: expect.stringContaining(message) as unknown });
});
