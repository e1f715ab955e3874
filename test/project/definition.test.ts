import { expect, test } from "vitest";
import { compileProject } from "../../src/project/schema.ts";

const VALID = {
  name: "dogs",
  data: { images: "./data" },
  training: { algorithm: "image-classification", instances: { type: "ml.m5.xlarge" }, hyperparameters: { epochs: 3, learning_rate: "0.1" } },
  endpoint: { instances: { type: "ml.m5.large" } },
  function: { handler: "./classify.ts" },
};

const faultsOf = (definition: unknown): string => {
  try {
    compileProject(definition, "sagebrush.config.ts");
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};

test("defaults are filled in and hyperparameters become text, as the API wants them", () => {
  expect(compileProject(VALID, "f")).toMatchObject({
    training: { instances: { count: 1 }, hyperparameters: { epochs: "3", learning_rate: "0.1" }, maxRuntimeSeconds: 3600 },
    endpoint: { instances: { min: 1, max: 1 } },
    function: { memory: 512, timeout: 30, url: "iam", environment: {} },
  });
});

test.each([
  ["a search of nothing", { ...VALID, training: { ...VALID.training, tuning: { maxJobs: 3, ranges: {} } } }, "training.tuning.ranges: must have at least one hyperparameter"],
  ["a search without an end", { ...VALID, training: { ...VALID.training, tuning: { ranges: { learning_rate: { min: 0.01, max: 1 } } } } }, "training.tuning.maxJobs: must be given"],
  ["a misspelt key of a search", { ...VALID, training: { ...VALID.training, tuning: { maxJobs: 3, jobs: 3, ranges: { learning_rate: { values: [1] } } } } }, "training.tuning.jobs: unknown key"],
  ["endpoint.scaling", { ...VALID, endpoint: { ...VALID.endpoint, scaling: {} } }, "endpoint.scaling: automatic scaling is not supported yet"],
  ["reservedConcurrency", { ...VALID, function: { ...VALID.function, reservedConcurrency: 10 } }, "function.reservedConcurrency: reserved concurrency is not supported yet"],
  ["provisionedConcurrency", { ...VALID, function: { ...VALID.function, provisionedConcurrency: 1 } }, "function.provisionedConcurrency: provisioned concurrency is not supported yet"],
  ["several instances", { ...VALID, training: { ...VALID.training, instances: { type: "ml.m5.xlarge", count: 2 } } }, "training.instances.count: several instances are not supported yet"],
  ["max above min", { ...VALID, endpoint: { instances: { type: "ml.m5.large", min: 1, max: 3 } } }, "endpoint.instances.max: automatic scaling is not supported yet"],
  ["a misspelt key", { ...VALID, training: { ...VALID.training, epocs: 3 } }, "training.epocs: unknown key"],
  ["a wrong type name", { ...VALID, endpoint: { instances: { type: "m5.large" } } }, "endpoint.instances.type: must be an instance type such as ml.m5.large"],
  ["a type that nobody has", { ...VALID, endpoint: { instances: { type: "ml.m5.huge" } } }, "endpoint.instances.type: the instance type ml.m5.huge is not known"],
  ["a wrong name", { ...VALID, name: "Dogs!" }, "name: must be 2 to 32 lower-case letters"],
])("%s is refused with its place", (_what, definition, sentence) => {
  expect(faultsOf(definition)).toContain(`sagebrush.config.ts: ${sentence}`);
});

test("every fault is named at once", () => {
  expect(faultsOf({ ...VALID, name: "X", data: {}, endpoint: { instances: { type: "m5.large" } } }).split("\n")).toHaveLength(3);
});
