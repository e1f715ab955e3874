import { expect, test } from "vitest";
import { DEBUG_RULES, PROFILER_RULES } from "../../src/decide/debugger/index.ts";
import { RULES } from "../../src/project/rules.ts";
import { compileProject } from "../../src/project/schema.ts";

const VALID = {
  name: "dogs",
  data: { images: "./data" },
  training: { algorithm: "image-classification", instances: { type: "ml.m5.xlarge" }, hyperparameters: { epochs: 3, learning_rate: "0.1" } },
  endpoint: { instances: { type: "ml.m5.large" } },
  function: { handler: "./classify.ts" },
};

const SCRIPT = { framework: "pytorch", entry: "train.py", metrics: { loss: "loss=([0-9.]+)" } };

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

test("a script keeps its values' types; rules and spot training have their defaults", () => {
  const { training } = compileProject({ ...VALID, training: { instances: { type: "ml.m5.xlarge", count: 2 }, script: SCRIPT, hyperparameters: { epochs: 3, fast: true }, rules: ["Overfit", { rule: "LossNotDecreasing", parameters: { num_steps: 5 }, stopTraining: true }], spot: true } }, "f");
  expect(training).toMatchObject({
    instances: { count: 2 }, script: { folder: "./source" }, hyperparameters: { epochs: 3, fast: true }, spot: { maxWaitSeconds: 7200 },
    rules: [{ rule: "Overfit", parameters: {}, stopTraining: false }, { rule: "LossNotDecreasing", parameters: { num_steps: "5" }, stopTraining: true }],
  });
});

test("the rules of project files are those that there are", () => {
  expect(new Set(Object.keys(RULES))).toEqual(new Set([...Object.keys(DEBUG_RULES), ...Object.keys(PROFILER_RULES), "ProfilerReport"]));
  for (const [name, collections] of Object.entries(RULES)) {
    expect(new Set<string>(collections === "profiler" ? [] : collections)).toEqual(new Set((DEBUG_RULES[name]?.collections ?? []).filter((collection) => collection !== "classes")));
  }
});

test("a recipe of before is the same recipe: what is new and not given leaves no trace in it", () => {
  expect(JSON.stringify(compileProject(VALID, "f").training)).toBe('{"algorithm":"image-classification","instances":{"type":"ml.m5.xlarge","count":1},"hyperparameters":{"epochs":"3","learning_rate":"0.1"},"maxRuntimeSeconds":3600}');
});

test.each([
  ["a search of nothing", { ...VALID, training: { ...VALID.training, tuning: { maxJobs: 3, ranges: {} } } }, "training.tuning.ranges: must have at least one hyperparameter"],
  ["a search without an end", { ...VALID, training: { ...VALID.training, tuning: { ranges: { learning_rate: { min: 0.01, max: 1 } } } } }, "training.tuning.maxJobs: must be given"],
  ["a misspelt key of a search", { ...VALID, training: { ...VALID.training, tuning: { maxJobs: 3, jobs: 3, ranges: { learning_rate: { values: [1] } } } } }, "training.tuning.jobs: unknown key"],
  ["neither an algorithm nor a script", { ...VALID, training: { instances: { type: "ml.m5.xlarge" } } }, "training: must have an algorithm or a script"],
  ["both an algorithm and a script", { ...VALID, training: { ...VALID.training, script: SCRIPT } }, "training.script: cannot stand beside an algorithm"],
  ["a framework that nobody has", { ...VALID, training: { instances: { type: "ml.m5.xlarge" }, script: { ...SCRIPT, framework: "jax" } } }, "training.script.framework: Invalid option"],
  ["a metric without a group", { ...VALID, training: { instances: { type: "ml.m5.xlarge" }, script: { ...SCRIPT, metrics: { loss: "loss=" } } } }, "training.script.metrics.loss: must be a regular expression with a group around the value"],
  ["torchrun without PyTorch", { ...VALID, training: { instances: { type: "ml.m5.xlarge" }, script: { ...SCRIPT, framework: "node", distribution: "torch_distributed" } } }, "training.script.distribution: is PyTorch's"],
  ["a search for what a script does not print", { ...VALID, training: { instances: { type: "ml.m5.xlarge" }, script: SCRIPT, tuning: { maxJobs: 3, ranges: { lr: { values: [1] } } } } }, "training.tuning.objective.metric: validation:accuracy is not one of training.script.metrics"],
  ["a rule that is not there", { ...VALID, training: { ...VALID.training, rules: ["TensorVariance"] } }, "training.rules.0: "],
  ["rules of a search", { ...VALID, training: { ...VALID.training, rules: ["Overfit"], tuning: { maxJobs: 3, ranges: { learning_rate: { values: [1] } } } } }, "training.rules: cannot stand beside tuning"],
  ["an interval without rules", { ...VALID, training: { ...VALID.training, saveInterval: 10 } }, "training.saveInterval: does nothing without rules"],
  ["a wait shorter than the run", { ...VALID, training: { ...VALID.training, spot: { maxWaitSeconds: 60 } } }, "training.spot.maxWaitSeconds: must be at least maxRuntimeSeconds (3600)"],
  ["endpoint.scaling", { ...VALID, endpoint: { ...VALID.endpoint, scaling: {} } }, "endpoint.scaling: automatic scaling is not supported yet"],
  ["reservedConcurrency", { ...VALID, function: { ...VALID.function, reservedConcurrency: 10 } }, "function.reservedConcurrency: reserved concurrency is not supported yet"],
  ["provisionedConcurrency", { ...VALID, function: { ...VALID.function, provisionedConcurrency: 1 } }, "function.provisionedConcurrency: provisioned concurrency is not supported yet"],
  ["too many instances", { ...VALID, training: { ...VALID.training, instances: { type: "ml.m5.xlarge", count: 21 } } }, "training.instances.count: "],
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
