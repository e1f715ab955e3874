import { expect, test } from "vitest";
import { bracketOf, decideRung, type RungQuestion } from "../../../src/decide/tuning/index.ts";

const resources = { min: 1, max: 27 };
const at = (change: Partial<RungQuestion>): ReturnType<typeof decideRung> => decideRung({ direction: "Minimize", resources, bracket: 0, current: [5], others: [], ...change });

test("brackets that judge earlier get more training jobs", () => {
  const counts = [0, 0, 0, 0];
  // Hyperband's table for 27 epochs: 27, 12, 6 and 4 configurations.
  for (let number = 1; number <= 27 + 12 + 6 + 4; number += 1) counts[bracketOf(resources, number)] = (counts[bracketOf(resources, number)] ?? 0) + 1;
  expect(counts).toEqual([27, 12, 6, 4]);
  expect(bracketOf({ min: 9, max: 9 }, 3)).toBe(0);
});

test("the first at a rung go on; later only the best third do", () => {
  expect(at({})).toEqual({ stop: false, reason: "only 1 have reached epoch 1" });
  expect(at({ others: [[4]] }).stop).toBe(false);
  expect(at({ others: [[4], [6]] })).toEqual({ stop: true, reason: "after epoch 1 it is number 2 of 3 by its objective 5; the best 1 go on" });
  expect(at({ others: [[6], [7]] }).stop).toBe(false);
  expect(at({ direction: "Maximize", others: [[6], [7]] }).stop).toBe(true);
  expect(at({ others: [[4], [6], [7], [8], [9]] }).stop).toBe(false);
});

test("between rungs nothing is judged, and those who have not got so far do not count", () => {
  expect(at({ current: [5, 5], others: [[1, 1], [1, 1]] }).stop).toBe(false);
  expect(at({ current: [5, 5, 5], others: [[1, 1], [1, 1]] }).stop).toBe(false);
  expect(at({ current: [5, 5, 5], others: [[1, 1, 1], [1, 1, 1]] }).stop).toBe(true);
  expect(at({ bracket: 1, current: [5], others: [[1], [1]] }).stop).toBe(false);
  expect(at({ bracket: 1, current: [5, 5, 5], others: [[1, 1, 1], [1, 1, 1]] }).stop).toBe(true);
});

test("MaxResource ends everybody", () => {
  expect(at({ current: Array.from({ length: 27 }, () => 0) })).toEqual({ stop: true, reason: "it has used 27 epochs, MaxResource" });
});
