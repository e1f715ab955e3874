import fc from "fast-check";
import { expect, test } from "vitest";
import { decideEarlyStop } from "../../../src/decide/tuning/index.ts";

// Running averages up to the third epoch: 0.6, 0.4 and 0.8; their median is 0.6.
const earlier = [[0.5, 0.6, 0.7, 0.9], [0.2, 0.4, 0.6, 0.9], [0.7, 0.8, 0.9, 0.9]];

test("a job whose accuracy is below the median of the running averages up to its epoch is stopped", () => {
  expect(decideEarlyStop({ direction: "Maximize", current: [0.9, 0.7, 0.59], earlier })).toEqual({
    stop: true, reason: "after epoch 3 the objective is 0.59, worse than 0.6, the median of 3 earlier running averages",
  });
});

test("a job above it goes on, whatever it was before", () => {
  expect(decideEarlyStop({ direction: "Maximize", current: [0.1, 0.1, 0.61], earlier })).toMatchObject({ stop: false });
});

test("when the objective is a loss, the higher value is the worse", () => {
  expect(decideEarlyStop({ direction: "Minimize", current: [0.1, 0.1, 0.61], earlier })).toMatchObject({ stop: true });
  expect(decideEarlyStop({ direction: "Minimize", current: [0.9, 0.9, 0.59], earlier })).toMatchObject({ stop: false });
});

test("a job that is as good as the median goes on", () => {
  expect(decideEarlyStop({ direction: "Maximize", current: [0.5], earlier: [[0.5], [0.4], [0.6]] })).toMatchObject({ stop: false });
});

test("an even number of earlier jobs has its median half way between the middle two", () => {
  const two = [[0.25], [0.75]];
  expect(decideEarlyStop({ direction: "Maximize", current: [0.49], earlier: two })).toMatchObject({ stop: true });
  expect(decideEarlyStop({ direction: "Maximize", current: [0.51], earlier: two })).toMatchObject({ stop: false });
});

test("an earlier job that ended before this epoch counts with all that it had", () => {
  expect(decideEarlyStop({ direction: "Maximize", current: [0.5, 0.5, 0.5], earlier: [[0.6]] })).toMatchObject({ stop: true });
});

test("without earlier jobs, or before its first epoch, a job goes on", () => {
  expect(decideEarlyStop({ direction: "Maximize", current: [0], earlier: [] })).toMatchObject({ stop: false });
  expect(decideEarlyStop({ direction: "Maximize", current: [0], earlier: [[], []] })).toMatchObject({ stop: false });
  expect(decideEarlyStop({ direction: "Maximize", current: [], earlier })).toMatchObject({ stop: false });
});

test("an objective that is no number is worse than any number", () => {
  for (const direction of ["Minimize", "Maximize"] as const) {
    expect(decideEarlyStop({ direction, current: [Number.NaN], earlier: [[0.5]] })).toMatchObject({ stop: true });
    expect(decideEarlyStop({ direction, current: [0.5], earlier: [[Number.NaN]] })).toMatchObject({ stop: false });
  }
});

test("turning the sign of every objective and the direction changes nothing", () => {
  const curve = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 });
  const turned = (values: readonly number[]): readonly number[] => values.map((value) => -value);
  fc.assert(fc.property(curve, fc.array(curve, { maxLength: 8 }), (current, others) => {
    const one = decideEarlyStop({ direction: "Minimize", current, earlier: others });
    const other = decideEarlyStop({ direction: "Maximize", current: turned(current), earlier: others.map(turned) });
    expect(other.stop).toBe(one.stop);
  }));
});
