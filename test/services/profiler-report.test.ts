import { expect, test } from "vitest";
import { instant } from "../../src/base/instant.ts";
import type { History } from "../../src/decide/debugger/index.ts";
import { reportPage } from "../../src/services/sagemaker/training-job/report/page.ts";
import { histogram, linePlot } from "../../src/services/sagemaker/training-job/report/plots.ts";
import { nothingTold } from "../../src/services/sagemaker/training-job/rules/lines.ts";
import { newTrainingJob } from "../../src/services/sagemaker/training-job/training-job.ts";

const JOB = newTrainingJob({
  name: "job-1", arn: "arn:aws:sagemaker:us-east-1:000000000000:training-job/job-1", account: "000000000000", region: "us-east-1", metricDefinitions: [],
  request: { TrainingJobName: "job-1", RoleArn: "", OutputDataConfig: { S3OutputPath: "s3://jobs/out" }, StoppingCondition: {}, ResourceConfig: { InstanceType: "ml.m5.large", InstanceCount: 1, VolumeSizeInGB: 1 } },
}, instant(1000));

const TEXT = { title: "a <title>", x: "seconds", y: String };

test("a plot has its lines, its legend and its text, and nothing that a browser would run or fetch", () => {
  const plot = linePlot([{ name: "algo-1", points: [[0, 1], [1, 3]] }, { name: "algo-2", points: [[0, 2], [1, 1]] }], TEXT);
  expect(plot).toContain("a &lt;title&gt;");
  expect(plot.match(/<polyline/g)).toHaveLength(2);
  expect(plot).toContain('<i class="key s1"></i>algo-2');
  expect(plot).not.toMatch(/<script|href|NaN/);
});

test("more points than can be told apart are thinned, and a single long step stays to be seen where that is asked for", () => {
  const points = Array.from({ length: 10_000 }, (_, index) => [index, index === 5000 ? 100 : 1] as const);
  const top = (peaks: boolean): number => Math.max(...(/points="([^"]+)"/.exec(linePlot([{ name: "step", peaks, points }], TEXT, 100))?.[1] ?? "").split(" ").map((point) => 200 - Number(point.split(",")[1])));
  expect(linePlot([{ name: "step", points }], TEXT).length).toBeLessThan(8000);
  expect(top(true)).toBeCloseTo(188);
  expect(top(false)).toBeLessThan(50);
});

test("values below zero have their room: zero is where the axis says it is", () => {
  const said: number[] = [];
  const plot = linePlot([{ name: "a", points: [[0, -3], [1, 1]] }], { ...TEXT, y: (value) => `${said.push(value)}` });
  expect([said[0], said.at(-1)]).toEqual([-5, 1]);
  const heights = (/points="([^"]+)"/.exec(plot)?.[1] ?? "").split(" ").map((point) => Number(point.split(",")[1]));
  // From 12 to 166 pixels: 1 at the top, -5 at the bottom.
  expect(heights[0]).toBeCloseTo(166 - (2 / 6) * 154, 0);
  expect(heights[1]).toBeCloseTo(12, 0);
  const below: number[] = [];
  linePlot([{ name: "a", points: [[0, -30], [1, -20]] }], { ...TEXT, y: (value) => `${below.push(value)}` });
  expect([below[0], below.at(-1)]).toEqual([-50, 0]);
});

test("a loss whose steps begin again, or another loss, is another line", () => {
  const loss = (name: string, step: number, value: number) => ({ name, mode: "TRAIN" as const, step, value });
  const page = (losses: History["losses"]): string => reportPage({ job: JOB, history: { ...nothingTold(), losses, initializationSeconds: undefined, silentSeconds: 0, system: [] }, verdicts: [], now: instant(5000) });
  const twice = page([loss("CE", 0, 3), loss("CE", 10, 2), loss("CE", 0, 3), loss("CE", 10, 1), loss("CE", 20, -1)]);
  expect(twice.match(/<polyline/g)).toHaveLength(2);
  expect(twice).toContain("TRAIN, again (2)");
  const two = page([loss("CE", 0, 3), loss("L1", 0, 30), loss("CE", 10, 2), loss("L1", 10, 20)]);
  expect(two.match(/<title>(CE|L1) TRAIN<\/title>/g)).toHaveLength(2);
});

test("axes end at round numbers: 1, 2 or 5 times a power of ten, of bytes too", () => {
  const said: number[] = [];
  const y = (value: number): string => `${said.push(value)}`;
  linePlot([{ name: "a", points: [[0, 0], [1, 17 * 1024 ** 2]] }], { ...TEXT, y, base: 1024 });
  expect(said.at(-1)).toBe(20 * 1024 ** 2);
  linePlot([{ name: "a", points: [[0, 0], [1, 0.31]] }], { ...TEXT, y });
  expect(said.at(-1)).toBeCloseTo(0.5);
});

test("a histogram's last bar has what is above the 95th percentile", () => {
  const values = [...Array.from({ length: 199 }, (_, index) => 1 + index / 1000), 60];
  const plot = histogram(values, TEXT, (value) => value.toFixed(2));
  expect(plot).toMatch(/1\.\d\d and more: \d+</);
  expect(plot.match(/<rect/g)?.length).toBeGreaterThan(20);
  expect(histogram([2, 2, 2], TEXT, String)).not.toContain("NaN");
});
