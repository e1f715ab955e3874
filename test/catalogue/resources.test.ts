import { expect, test } from "vitest";
import { costOfResources, countAsked, describeResources } from "../../src/catalogue/resources.ts";

test("instances in groups cost what each group's type costs, and one without a known price leaves the sum unknown", () => {
  const groups = { InstanceGroups: [{ InstanceType: "ml.m5.large", InstanceCount: 2, InstanceGroupName: "a" }, { InstanceType: "ml.c5.xlarge", InstanceCount: 1, InstanceGroupName: "b" }] };
  expect(costOfResources(groups, 3600)).toBeCloseTo(2 * 0.115 + 0.204, 10);
  expect(costOfResources({ InstanceType: "ml.m5.large", InstanceCount: 2 }, 3600)).toBeCloseTo(0.23, 10);
  expect(costOfResources({ InstanceGroups: [...groups.InstanceGroups, { InstanceType: "ml.none.large" }] }, 3600)).toBeUndefined();
  expect([countAsked(groups), describeResources(groups)]).toEqual([3, "2 x ml.m5.large, 1 x ml.c5.xlarge"]);
});
