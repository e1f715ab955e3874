import { expect, test } from "vitest";
import { adviseInstances, type RunFacts } from "../../src/review/index.ts";

const used = (peakMiB: number) => ({ peakMiB, limitMiB: 65_536, cpuPercent: 92, vcpus: 2 });
const run: RunFacts = { name: "dogs", instanceType: "ml.m5.4xlarge", instanceCount: 1, billableSeconds: 3600, usage: used(5000), startSeconds: 2 };

test("without runs the cheapest type is named, and that nothing is known", () => {
  const { rows, chosen, explanation } = adviseInstances("notebook", []);
  expect(chosen?.name).toBe("ml.t2.medium");
  expect(rows[0]).toMatchObject({ type: { name: "ml.t2.medium", usdPerHour: 0.0464 }, fits: undefined, usdPerRun: undefined });
  expect(explanation).toBe("ml.t2.medium costs $0.0464 an hour (us-east-1, on demand); it has 2 vCPUs and 4 GiB. It is the cheapest without a GPU: what kernels need is not recorded. One that outgrows the type dies, and the finding names the next type.");
  expect(adviseInstances("training", []).explanation).toContain("no run of yours tells yet what is needed. Run once, and ask again.");
});

test("runs decide what is too small, and the explanation has their numbers", () => {
  const { rows, chosen, explanation } = adviseInstances("training", [run, { ...run, name: "earlier", usage: used(3000) }]);
  expect(rows.filter(({ fits }) => fits === false).map(({ type }) => type.name)).toEqual(["ml.t3.medium"]);
  expect(chosen?.name).toBe("ml.t3.large");
  expect(rows.find(({ type }) => type.name === "ml.m5.4xlarge")?.usdPerRun).toBeCloseTo(0.922);
  expect(explanation).toBe("ml.t3.large costs $0.1 an hour (us-east-1, on demand); it has 2 vCPUs and 8 GiB. It is the cheapest that holds the largest peak of 2 runs, 5000 MiB, and a fifth more. " +
    "The latest run kept 92 % of the 2 vCPUs busy that ml.m5.4xlarge had here. A run of 3600 s costs $0.10000 if it is as fast as on ml.m5.4xlarge. Its launch took 2 s here (AWS takes minutes for an instance that it has to find).");
});

test("what no type holds is said, and a type with a GPU is not taken for its memory", () => {
  expect(adviseInstances("training", [{ ...run, usage: used(2_000_000) }])).toMatchObject({ chosen: undefined, explanation: "No known type for training holds what the runs needed." });
  expect(adviseInstances("training", [{ ...run, usage: used(300 * 1024) }]).chosen?.gpus).toBe(0);
});

test("a plain machine is one of EC2's, at EC2's price, chosen by what the script needed as a training job", () => {
  const { rows, chosen, explanation } = adviseInstances("machine", [run]);
  expect(chosen).toMatchObject({ name: "t3.large", usdPerHour: 0.0832 });
  expect(rows.every(({ type }) => !type.name.startsWith("ml.") && type.usdPerHour !== undefined)).toBe(true);
  expect(explanation).toContain("t3.large costs $0.0832 an hour");
  expect(adviseInstances("machine", []).explanation).toContain("Run the script once as a training job");
});
