import { expect, test } from "vitest";
import { decideAfterLife, parseSpotMarket, secondsLeft, secondsToInterruption } from "../../../src/decide/training/index.ts";

test("a spot market is read from text, with what is left out filled in; anything else is nothing", () => {
  expect(parseSpotMarket("")).toEqual({ interruptionsPerHour: 0, waitSeconds: 10, seed: 1 });
  expect(parseSpotMarket("interruptions=6/h, wait=30s,seed=7")).toEqual({ interruptionsPerHour: 6, waitSeconds: 30, seed: 7 });
  for (const text of ["interruptions=often", "wait", "rate=3", "seed=-1", "interruptions=6/d"]) expect(parseSpotMarket(text)).toBeUndefined();
});

test("interruptions follow their rate, and the same seed, job and life give the same one", () => {
  const market = { interruptionsPerHour: 6, waitSeconds: 0, seed: 7 };
  const seconds = Array.from({ length: 4000 }, (_, life) => secondsToInterruption(market, "dogs", life) ?? 0);
  const mean = seconds.reduce((sum, each) => sum + each, 0) / seconds.length;
  expect(mean).toBeGreaterThan(600 * 0.95);
  expect(mean).toBeLessThan(600 * 1.05);
  // Of a Poisson process, 1 - 1/e of the times are below the mean.
  expect(seconds.filter((each) => each < 600).length / seconds.length).toBeCloseTo(0.632, 1);
  expect(secondsToInterruption(market, "dogs", 3)).toBe(seconds[3]);
  expect(secondsToInterruption(market, "cats", 3)).not.toBe(seconds[3]);
  expect(secondsToInterruption({ ...market, interruptionsPerHour: 0 }, "dogs", 0)).toBeUndefined();
});

test("a job goes on after every interruption, after an internal fault as often as was asked for, and after nothing else", () => {
  const course = { maxAttempts: 2, retries: 0, stopping: false, waitSeconds: 30 };
  expect(decideAfterLife("interrupted", course)).toEqual({ kind: "again", afterSeconds: 30 });
  expect(decideAfterLife("interrupted", { ...course, stopping: true })).toEqual({ kind: "end" });
  expect(decideAfterLife("internal-fault", { ...course, retries: 1 })).toEqual({ kind: "again", afterSeconds: 0 });
  expect(decideAfterLife("internal-fault", { ...course, retries: 2 })).toEqual({ kind: "end" });
  expect(decideAfterLife("ended", course)).toEqual({ kind: "end" });
});

test("all lives of a job together have its longest run", () => {
  expect(secondsLeft(600, [])).toBe(600);
  expect(secondsLeft(600, [{ seconds: 100 }, { seconds: 250.5 }])).toBe(249.5);
  expect(secondsLeft(600, [{ seconds: 700 }])).toBe(0);
});
