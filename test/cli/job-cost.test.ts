import { expect, test } from "vitest";
import { instant } from "../../src/base/instant.ts";
import { jobCost } from "../../src/cli/job-cost.ts";

const NOW = instant(Date.parse("2026-11-27T12:00:00Z"));
const RESOURCES = { InstanceType: "ml.m5.xlarge", InstanceCount: 2, VolumeSizeInGB: 10 } as const;

test("a job that has ended is billed for its seconds on all its instances", () => {
  expect(jobCost({ TrainingJobStatus: "Completed", ResourceConfig: RESOURCES, BillableTimeInSeconds: 1800, StoppingCondition: { MaxRuntimeInSeconds: 3600 } }, NOW))
    .toEqual({ instances: "2 x ml.m5.xlarge", billable: "1800 s", price: "$0.23/h", cost: "$0.23 billed on AWS" });
});

test("a job that runs says what it has cost and what it can cost at most, on AWS too, which counts no billable seconds yet", () => {
  const running = { TrainingJobStatus: "InProgress", ResourceConfig: RESOURCES, StoppingCondition: { MaxRuntimeInSeconds: 3600 } } as const;
  expect(jobCost({ ...running, TrainingStartTime: new Date(NOW - 60_000) }, NOW)).toMatchObject({ billable: "60 s", cost: "$0.00767 so far, at most $0.46" });
  expect(jobCost({ ...running, TrainingStartTime: new Date(NOW - 100_000), EnableManagedSpotTraining: true }, NOW)).toMatchObject({ instances: "2 x ml.m5.xlarge spot", billable: "30 s", cost: "$0.00383 so far, at most $0.14" });
  expect(jobCost(running, NOW)).toMatchObject({ billable: "0 s" });
});

test("a price that is not known is said to be unknown", () => {
  expect(jobCost({ TrainingJobStatus: "Completed", ResourceConfig: { ...RESOURCES, InstanceType: "ml.p5.48xlarge" }, BillableTimeInSeconds: 10, StoppingCondition: {} }, NOW)).toMatchObject({ price: "unknown price", cost: "cost unknown" });
});
