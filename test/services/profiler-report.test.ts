import { expect, test } from "vitest";
import { histogram, linePlot } from "../../src/services/sagemaker/training-job/report/plots.ts";

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
