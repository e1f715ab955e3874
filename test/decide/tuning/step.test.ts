import { expect, test } from "vitest";
import { bestOf, countNotImproving, decideStep, type StepQuestion, type TrialFacts } from "../../../src/decide/tuning/index.ts";

const running: TrialFacts = { state: "running" };
const failed: TrialFacts = { state: "failed", endedAt: 0 };
const completed = (objective: number, endedAt = 0): TrialFacts => ({ state: "completed", objective, endedAt });
const step = (change: Partial<StepQuestion>): ReturnType<typeof decideStep> => decideStep({ direction: "Minimize", trials: [], maxParallel: 2, maxTrials: 10, stopRequested: false, outOfTime: false, ...change });

test("starts as many as may run at once, and waits when they do", () => {
  expect(step({})).toMatchObject({ kind: "start", reason: "training job 1 of 10" });
  expect(step({ trials: [running] }).kind).toBe("start");
  expect(step({ trials: [running, running] })).toMatchObject({ kind: "wait", reason: "2 of at most 2 training jobs at once are running" });
  expect(step({ trials: [running, completed(1)] }).kind).toBe("start");
});

test("with all started it waits for the last ones and is Completed", () => {
  expect(step({ maxTrials: 2, trials: [completed(1), running] }).kind).toBe("wait");
  expect(step({ maxTrials: 2, trials: [completed(1), failed] })).toMatchObject({ kind: "end", status: "Completed" });
  expect(step({ exhausted: "all 3 were tried", trials: [completed(1)] })).toEqual({ kind: "end", status: "Completed", reason: "all 3 were tried" });
});

test("a stop, the end of the time and the criteria stop what runs first", () => {
  const trials = [completed(1, 1), completed(1, 2)];
  for (const because of [{ stopRequested: true }, { outOfTime: true }, { target: 1 }, { maxNotImproving: 1 }]) {
    expect({ because, ...step({ ...because, trials: [...trials, running] }) }).toMatchObject({ because, kind: "stop-trials" });
    expect({ because, ...step({ ...because, trials }) }).toMatchObject({ because, kind: "end", status: "stopRequested" in because ? "Stopped" : "Completed" });
  }
  expect(step({ target: 0.9, trials: [completed(1)] }).kind).toBe("start");
  expect(step({ direction: "Maximize", target: 0.9, trials: [completed(1)] })).toMatchObject({ kind: "end" });
});

test("gives up after five failures without a success, once nothing runs any more", () => {
  const five = Array.from({ length: 5 }, () => failed);
  expect(step({ trials: five.slice(1) }).kind).toBe("start");
  expect(step({ trials: [...five, running] }).kind).toBe("wait");
  expect(step({ trials: five })).toEqual({ kind: "end", status: "Failed", reason: "No training job succeeded after 5 attempts. Please take a look at the training job failures to get more details." });
  expect(step({ trials: [...five, completed(1)] }).kind).toBe("start");
});

test("the best is the best of the completed and the stopped, the earlier of two alike", () => {
  const stopped: TrialFacts = { state: "stopped", objective: 1 };
  expect(bestOf("Minimize", [completed(2), stopped, completed(1)])).toBe(stopped);
  expect(bestOf("Maximize", [completed(2), stopped])).toEqual(completed(2));
  expect(bestOf("Minimize", [failed, running, { state: "failed", objective: 0 }])).toBeUndefined();
});

test("an improvement of less than one percent is none", () => {
  expect(countNotImproving("Minimize", [completed(100, 1), completed(99.5, 2), completed(99.1, 3)])).toBe(2);
  expect(countNotImproving("Minimize", [completed(100, 1), completed(99, 2)])).toBe(0);
  expect(countNotImproving("Maximize", [completed(-100, 1), completed(-98, 3), completed(-100, 2)])).toBe(0);
  expect(countNotImproving("Minimize", [])).toBe(0);
});
