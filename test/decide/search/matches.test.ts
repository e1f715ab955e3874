import { expect, test } from "vitest";
import { matches, sortValue, type Expression, type Filter } from "../../../src/decide/search/index.ts";

const JOB = {
  TrainingJobName: "dogs-1", TrainingJobStatus: "Completed", CreationTime: new Date("2026-03-01T10:00:00Z"), EnableManagedSpotTraining: true, BillableTimeInSeconds: 120,
  HyperParameters: { lr: "0.01", "optimizer.name": "sgd", epochs: '"12"' },
  FinalMetricDataList: [{ MetricName: "validation:accuracy", Value: 0.91 }, { MetricName: "loss", Value: 0.4 }],
  InputDataConfig: [
    { ChannelName: "train", DataSource: { S3DataSource: { S3Uri: "s3://bucket/dogs/train" } } },
    { ChannelName: "test", DataSource: { S3DataSource: { S3Uri: "s3://bucket/cats/test" } } },
  ],
  Tags: [{ Key: "Project", Value: "dogs" }],
};

const says = (Name: string, Operator: Filter["Operator"], Value?: string): boolean => matches(JOB, { Filters: [{ Name, Operator, Value }] });

test("properties are compared as what they are: text, numbers, times, hyperparameters as numbers, metrics and tags by name", () => {
  expect(says("TrainingJobName", undefined, "dogs-1")).toBe(true);
  expect(says("TrainingJobName", "Contains", "ogs")).toBe(true);
  expect(says("TrainingJobStatus", "In", "Failed, Completed")).toBe(true);
  expect(says("TrainingJobStatus", "NotEquals", "Completed")).toBe(false);
  expect(says("CreationTime", "GreaterThan", "2026-02-28T00:00:00Z")).toBe(true);
  expect(says("CreationTime", "LessThanOrEqualTo", "2026-03-01T10:00:00Z")).toBe(true);
  expect(says("EnableManagedSpotTraining", "Equals", "True")).toBe(true);
  expect(says("BillableTimeInSeconds", "LessThan", "1000")).toBe(true);
  expect(says("HyperParameters.lr", "LessThan", "0.5")).toBe(true);
  expect(says("HyperParameters.epochs", "GreaterThanOrEqualTo", "12")).toBe(true);
  expect(says("HyperParameters.optimizer.name", "Equals", "sgd")).toBe(true);
  expect(says("Metrics.validation:accuracy", "GreaterThan", "0.9")).toBe(true);
  expect(says("Metrics.loss", "GreaterThan", "0.9")).toBe(false);
  expect(says("Tags.Project", "Equals", "dogs")).toBe(true);
  expect(says("TrainingJobName", "GreaterThan", "a")).toBe(false);
});

test("what is not there exists not, and equals nothing", () => {
  expect(says("Tags.Team", "Exists")).toBe(false);
  expect(says("Tags.Team", "NotExists")).toBe(true);
  expect(says("Metrics.auc", "GreaterThan", "0")).toBe(false);
  expect(says("Tags.Team", "NotEquals", "dogs")).toBe(true);
});

test("conditions are joined by And or Or, to any depth", () => {
  const yes = { Name: "TrainingJobName", Value: "dogs-1" };
  const no = { Name: "TrainingJobName", Value: "cats-1" };
  expect(matches(JOB, { Filters: [yes, no] })).toBe(false);
  expect(matches(JOB, { Filters: [yes, no], Operator: "Or" })).toBe(true);
  expect(matches(JOB, { Filters: [no], SubExpressions: [{ Filters: [yes, no], Operator: "Or" }], Operator: "And" })).toBe(false);
  expect(matches(JOB, { Filters: [yes], SubExpressions: [{ SubExpressions: [{ Filters: [yes] }] }] })).toBe(true);
});

test("a nested filter wants one object of a list that satisfies all of it", () => {
  const channel = (name: string, part: string): Expression => ({
    NestedFilters: [{ NestedPropertyName: "InputDataConfig", Filters: [{ Name: "InputDataConfig.ChannelName", Value: name }, { Name: "InputDataConfig.DataSource.S3DataSource.S3Uri", Operator: "Contains", Value: part }] }],
  });
  expect(matches(JOB, channel("train", "dogs"))).toBe(true);
  expect(matches(JOB, channel("train", "cats"))).toBe(false);
  // Without nesting each filter may find its own.
  expect(matches(JOB, { Filters: channel("train", "cats").NestedFilters?.[0]?.Filters })).toBe(true);
});

test("what is sorted by is a number where it is one", () => {
  expect(sortValue(JOB, "Metrics.loss")).toBe(0.4);
  expect(sortValue(JOB, "HyperParameters.epochs")).toBe(12);
  expect(sortValue(JOB, "TrainingJobName")).toBe("dogs-1");
  expect(sortValue(JOB, "CreationTime")).toBe(Date.parse("2026-03-01T10:00:00Z"));
  expect(sortValue(JOB, "Metrics.auc")).toBeUndefined();
});
