import { expect, test } from "vitest";
import { cheapestTypeWith, INSTANCE_TYPES, usdPerHour } from "../../src/catalogue/instance-types.ts";
import { costOfFunction, costOfInstance } from "../../src/catalogue/prices.ts";

test("the cheapest type that fits is one that may be used so, without a GPU", () => {
  expect(cheapestTypeWith({ memoryGiB: 5, use: "training" })?.name).toBe("ml.t3.large");
  expect(cheapestTypeWith({ memoryGiB: 5, use: "hosting" })?.name).toBe("ml.t2.large");
  expect(cheapestTypeWith({ memoryGiB: 33, use: "training" })?.name).toBe("ml.m5.4xlarge");
  expect(cheapestTypeWith({ memoryGiB: 10_000, use: "training" })).toBeUndefined();
});

test("names are unique and every type has a use, cores and memory", () => {
  expect(new Set(INSTANCE_TYPES.map((type) => type.name)).size).toBe(INSTANCE_TYPES.length);
  for (const type of INSTANCE_TYPES) expect(type.uses.length * type.vcpus * type.memoryGiB).toBeGreaterThan(0);
});

test("time is billed by the second, and a use that a type does not have has no price", () => {
  expect(costOfInstance("ml.m5.xlarge", 3600)).toBeCloseTo(0.23);
  expect(costOfInstance("ml.m5.xlarge", 90, 2)).toBeCloseTo((0.23 * 180) / 3600);
  expect(costOfInstance("ml.none", 1)).toBeUndefined();
  expect(usdPerHour("ml.t2.medium", "notebook")).toBe(0.0464);
  expect(usdPerHour("ml.t2.medium", "hosting")).toBe(0.056);
  expect(usdPerHour("ml.t2.medium", "training")).toBeUndefined();
});

test("a million short invocations cost what the price list says", () => {
  expect(costOfFunction({ requests: 1_000_000, seconds: 100_000, memoryMiB: 512 })).toBeCloseTo(0.2 + 50_000 * 0.0000166667);
});
