import { expect, test } from "vitest";
import type { DescribeTrainingJobCommandOutput } from "@aws-sdk/client-sagemaker";
import { createFitProgress, createFractionReader } from "../../src/sdk/fit-progress.ts";
import { createAdjustableClock } from "../../src/shared/clock.ts";

/** To the line's beginning, and empty it. */
const CLEAR = "\r\u001b[2K";

const job = (SecondaryStatus: string, more: Partial<DescribeTrainingJobCommandOutput> = {}): DescribeTrainingJobCommandOutput =>
  ({ TrainingJobStatus: "InProgress", SecondaryStatus, ...more }) as DescribeTrainingJobCommandOutput;

test("a job is as far as its epochs, however its program writes them, and else as its state", () => {
  const at = (lines: readonly string[], hyperparameters: Record<string, string> = {}): number => {
    const reader = createFractionReader();
    lines.forEach(reader.line);
    return reader.job(job("Training", { HyperParameters: hyperparameters }));
  };
  expect(at([])).toBe(0.2);
  expect(at(["Epoch[0] Train-accuracy=0.5", "[11/27/2026] Epoch[4] Train-accuracy=0.5"], { epochs: "10" })).toBeCloseTo(0.2 + 0.5 * 0.7);
  expect(at(["epoch 5/10 loss 0.1"])).toBeCloseTo(0.2 + 0.5 * 0.7);
  expect(at(["Train Epoch: 1 [0/60000 (0%)]", "Train Epoch: 7 [640/60000 (1%)]"], { "num-epochs": '"14"' })).toBeCloseTo(0.2 + 0.5 * 0.7);
  expect(at(["epoch=3"])).toBe(0.2);
  expect(at(["an epochal result of 9"], { epochs: "10" })).toBe(0.2);
  const reader = createFractionReader();
  expect([reader.job(job("Starting")), reader.job(job("Downloading")), reader.job(job("Interrupted")), reader.job(job("Uploading")), reader.job(job("Completed", { TrainingJobStatus: "Completed" }))]).toEqual([0, 0.1, 0.1, 0.9, 1]);
});

test("lines scroll above the bar, without anything that would move the terminal; elsewhere nothing is drawn", () => {
  let shown = "";
  const clock = createAdjustableClock();
  expect(createFitProgress({ write: () => true }, clock)).toBeUndefined();
  const progress = createFitProgress({ isTTY: true, columns: 40, write: (text) => (shown += text) }, clock);
  progress?.job(job("Training", { SecondaryStatusTransitions: [{ Status: "Training", StartTime: new Date(0), StatusMessage: "Training image download completed. Training in progress." }] }));
  expect(shown.startsWith(CLEAR)).toBe(true);
  expect(shown.slice(CLEAR.length)).toMatch(/^█{5}░{19} 20 % {2}0 s.*…$/);
  shown = "";
  progress?.line({ host: "algo-1", at: new Date(0), text: "loss \u001b[2J0.5\u0007" });
  expect(shown.startsWith(`${CLEAR}algo-1 loss [2J0.5\n${CLEAR}█████░`)).toBe(true);
  shown = "";
  progress?.end();
  expect(shown).toBe(CLEAR);
});
