import { expect, test } from "vitest";
import { review, reviewJob, reviewTuning, type GroupFacts, type JobFacts, type TuningFacts } from "../../src/review/index.ts";
import { memoryFinding } from "../../src/services/sagemaker/notebook/out-of-memory.ts";

const GROUP: GroupFacts = { name: undefined, instanceType: "ml.m5.xlarge", count: 1, gpus: 0, usdPerHour: 0.23, usage: undefined };
const job: JobFacts = {
  name: "job", status: "Completed", groups: [GROUP], billableSeconds: 3600, startSeconds: 1, usd: 0.23, hyperparameters: {}, metrics: [], classes: 133, sharded: false,
  hostLines: {}, source: undefined, rules: [],
};
const rulesOf = (change: Partial<JobFacts>): readonly string[] => reviewJob({ ...job, ...change }).map(({ rule }) => rule);
const metric = (name: string, value: number) => ({ metrics: [{ name, regex: "", value }] });

test("a loss at ln K, or at ln K for each sample of a batch, or an accuracy of 1/K, is chance", () => {
  expect(reviewJob({ ...job, ...metric("Test Loss", 4.9) })).toMatchObject([{ rule: "at chance level", evidence: "Test Loss ended at 4.9; a model that guesses among 133 classes has ln 133 = 4.89. The model has learned nothing." }]);
  expect(reviewJob({ ...job, ...metric("Test Loss", 313), hyperparameters: { batch_size: '"64"' } })[0]?.evidence).toContain("Test Loss ended at 313, 4.891 a sample of its batch");
  expect(rulesOf(metric("validation:accuracy", 0.008))).toEqual(["at chance level"]);
  expect(rulesOf(metric("Test Loss", 4.7))).toEqual([]);
  expect(rulesOf(metric("validation:accuracy", 0.05))).toEqual([]);
  expect(rulesOf({ ...metric("Test Loss", 4.9), classes: undefined })).toEqual([]);
  expect(rulesOf({ ...metric("Test Loss", 4.9), status: "Failed" })).toEqual([]);
});

test("hosts that print the same numbers do the same work, and what that wasted is said", () => {
  const lines = ["epoch 1 loss 4.1", "epoch 2 loss 3.2"];
  const three = { groups: [{ ...GROUP, count: 3 }], usd: 0.69, hostLines: { "algo-1": lines, "algo-2": lines, "algo-3": lines } };
  expect(reviewJob({ ...job, ...three })).toMatchObject([{ evidence: "3 hosts printed the same numbers (100 % of 2 lines), no distribution is set and every host had all of the data: 3600 billable seconds on each, $0.46 of $0.69 for nothing" }]);
  expect(rulesOf({ ...three, hyperparameters: { sagemaker_torch_distributed_enabled: "true" } })).toEqual([]);
  expect(rulesOf({ ...three, sharded: true })).toEqual([]);
  expect(rulesOf({ ...three, hostLines: { ...three.hostLines, "algo-3": ["epoch 1 loss 4.0", "epoch 2 loss 3.0"] } })).toEqual([]);
});

test("a GPU that the script never asks for, memory that is too much or hardly enough, and rules that found something", () => {
  const gpu = { groups: [{ ...GROUP, gpus: 1, instanceType: "ml.p3.2xlarge", usdPerHour: 3.825 }] };
  const used = (peakMiB: number, change: Partial<GroupFacts> = {}) => ({ ...GROUP, ...change, usage: { peakMiB, limitMiB: 16_384, cpuPercent: undefined, vcpus: undefined } });
  expect(rulesOf({ ...gpu, source: "model = net()\nmodel(x)" })).toEqual(["GPU type unused"]);
  expect(rulesOf({ ...gpu, source: "model.to(device)" })).toEqual([]);
  expect(reviewJob({ ...job, groups: [used(1500)] })[0]).toMatchObject({ rule: "memory headroom", evidence: expect.stringContaining("1500 of 16384 MiB of ml.m5.xlarge ($0.23 an hour, $0.23 for this job)") as unknown, advice: expect.stringContaining("ml.t3.medium (4 GiB, $0.05 an hour) holds it: $0.05") as unknown });
  expect(reviewJob({ ...job, groups: [used(15_500)] })[0]?.advice).toContain("take a type with more memory");
  expect(rulesOf({ groups: [used(9000)] })).toEqual([]);
  const groups = [used(1500, { name: "loaders", count: 2 }), used(9000, { name: "learners" }), { ...GROUP, name: "gpus", gpus: 1, instanceType: "ml.p3.2xlarge", usdPerHour: 3.825 }];
  expect(reviewJob({ ...job, groups, source: "model(x)" }).map(({ rule, evidence }) => [rule, evidence])).toEqual([
    ["GPU type unused", "ml.p3.2xlarge (group gpus) has 1 GPU and cost $3.83 in this job; nothing in its script moves the model or the data there (no .to(device), no cuda)"],
    ["memory headroom", "the job reached 1500 of 16384 MiB of ml.m5.xlarge (group loaders) ($0.23 an hour, $0.46 for this job)"],
  ]);
  const found = { name: "Overfit", status: "IssuesFound", details: "RuleEvaluationConditionMet: Evaluation of the rule Overfit at step 9 resulted in the condition being met: the validation loss is high\n" };
  expect(reviewJob({ ...job, rules: [found, { ...found, status: "NoIssuesFound" }] })).toMatchObject([{ rule: "rule found issues", evidence: "Overfit: the validation loss is high", advice: "Augment the data, add weight decay or dropout, or stop earlier." }]);
});

// As in the field study: losses summed over a batch, divided by the number of batches; every learning rate from 0.029 on is dead.
const trial = (number: number, [rate, batch, perSample]: readonly [rate: number, batch: number, perSample: number]) =>
  ({ name: `t-${number}`, status: "Completed", values: { learning_rate: String(rate), batch_size: `"${batch}"` }, objective: perSample * batch });
const CHANCE = Math.log(133);
const SAD: TuningFacts = {
  name: "tune", metric: "Test Loss", regex: "Testing Loss: ([0-9.]+)", direction: "Minimize", classes: 133, usd: 1, best: "t-1",
  ranges: [{ name: "learning_rate", min: 0.001, max: 0.1 }],
  trials: ([[0.05, 32, CHANCE], [0.03, 64, CHANCE * 1.01], [0.09, 128, CHANCE * 0.99], [0.08, 512, CHANCE], [0.002, 256, 2.1], [0.004, 512, 2.4]] as const).map((each, index) => trial(index + 1, each)),
};

test("a search as in the field: the dead range, the dead winner, and the objective that follows the batch size are named", () => {
  const findings = reviewTuning(SAD);
  expect(findings.map(({ rule }) => rule)).toEqual(["winner at chance level", "search range mostly dead", "objective depends on batch size", "tuned on the test channel"]);
  expect(findings[0]?.evidence).toBe("the best training job, t-1, has Test Loss 156.5 at batch size 32: 4.89 a sample, and guessing among 133 classes has 4.89");
  expect(findings[1]).toMatchObject({
    evidence: "4 of 6 training jobs ended at chance level (ln 133 = 4.89 a sample): every one of the 4 with learning_rate of 0.03 or more, and none that lived",
    advice: "Search learning_rate from 0.001 to 0.004, logarithmically.",
  });
  expect(findings[2]?.evidence).toMatch(/^over 6 training jobs Test Loss follows the batch size \(correlation of their logarithms 0\.9\d*, exponent/);
});

test("a good search has no findings", () => {
  const good: TuningFacts = { ...SAD, metric: "validation:loss", regex: "validation loss: (.*)", trials: SAD.trials.map((each, index) => ({ ...each, objective: 1 + index / 10 })) };
  expect(reviewTuning(good)).toEqual([]);
});

test("what a notebook instance says of itself is a finding: what was seen, and what to do", () => {
  const says = memoryFinding("ml.t3.medium", { peakMiB: 4090.4, limitMiB: 4096 });
  const notebook = { name: "lab", status: "InService" };
  expect(review({ jobs: [], tunings: [], notebooks: [{ ...notebook, says }, { ...notebook, name: "still", says: undefined }, { name: "bare", status: "Failed", says: "JupyterLab is missing." }] })).toEqual([
    { rule: "notebook type too small", subject: "lab", evidence: "A kernel ran out of memory and was killed: the notebook instance reached 4090 MiB, and ml.t3.medium has 4096 MiB", advice: expect.stringMatching(/^The cheapest type with more is ml\./) as unknown },
    { rule: "notebook instance Failed", subject: "bare", evidence: "JupyterLab is missing.", advice: expect.stringContaining("start the notebook instance again") as unknown },
  ]);
});
