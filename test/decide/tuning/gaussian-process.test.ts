import fc from "fast-check";
import { expect, test } from "vitest";
import { choleskyOf, solveLower, solveUpper } from "../../../src/decide/tuning/cholesky.ts";
import { expectedImprovement } from "../../../src/decide/tuning/expected-improvement.ts";
import { gaussianProcess } from "../../../src/decide/tuning/gaussian-process.ts";

test("Cholesky: a known factor, and none of a matrix that is not positive definite", () => {
  const rows = (matrix: readonly (readonly number[])[]) => matrix.map((row) => Float64Array.from(row));
  expect(choleskyOf(rows([[4, 12, -16], [12, 37, -43], [-16, -43, 98]]))?.map((row) => [...row])).toEqual([[2], [6, 1], [-8, 5, 3]]);
  expect(choleskyOf(rows([[1, 2], [2, 1]]))).toBeUndefined();
});

test("the two triangles solve the system", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 9, maxLength: 9 }), (entries) => {
    const at = (row: number, column: number): number => entries[3 * row + column] ?? 0;
    // B Bᵀ + 1 is positive definite whatever B is.
    const matrix = [0, 1, 2].map((i) => Float64Array.from([0, 1, 2], (j) => [0, 1, 2].reduce((sum, k) => sum + at(i, k) * at(j, k), i === j ? 1 : 0)));
    const factor = choleskyOf(matrix) ?? [];
    const x = solveUpper(factor, solveLower(factor, Float64Array.from([1, -2, 3])));
    matrix.forEach((row, index) => expect(row.reduce((sum, value, k) => sum + value * (x[k] ?? 0), 0)).toBeCloseTo([1, -2, 3][index] ?? 0, 6));
  }));
});

test("expected improvement: known values of the closed form", () => {
  // φ(0) = 0.39894; φ(1) + Φ(1) = 0.24197 + 0.84134; φ(1) - (1 - Φ(1)) = 0.24197 - 0.15866.
  expect(expectedImprovement({ mean: 0, deviation: 1 }, 0)).toBeCloseTo(0.39894, 4);
  expect(expectedImprovement({ mean: -1, deviation: 1 }, 0)).toBeCloseTo(1.08332, 4);
  expect(expectedImprovement({ mean: 1, deviation: 1 }, 0)).toBeCloseTo(0.08332, 4);
  expect(expectedImprovement({ mean: 2, deviation: 4 }, 2)).toBeCloseTo(4 * 0.39894, 3);
});

test("a process passes through what it saw, is sure there, and is unsure far away", () => {
  const seen = [0, 0.25, 0.5, 0.75, 1].map((x) => ({ at: [[x]], value: Math.cos(3 * x) * 1.4 }));
  const process = gaussianProcess(seen, 1);
  for (const { at, value } of seen) {
    expect(process.predict(at).mean).toBeCloseTo(value, 1);
    expect(process.predict(at).deviation).toBeLessThan(0.1);
  }
  expect(process.predict([[0.6]]).mean).toBeCloseTo(Math.cos(1.8) * 1.4, 1);
  expect(process.predict([[4]]).deviation).toBeGreaterThan(5 * process.predict([[0.5]]).deviation);
});

test("a parameter that does not matter gets a longer length than one that does", () => {
  const seen = Array.from({ length: 25 }, (_, index) => ({ at: [[(index % 5) / 4], [Math.floor(index / 5) / 4]], value: Math.sin(6 * ((index % 5) / 4)) * 1.3 }));
  const process = gaussianProcess(seen, 2);
  const shift = (at: readonly (readonly number[])[]): number => process.predict(at).deviation;
  expect(shift([[0.5], [1.5]])).toBeLessThan(shift([[1.5], [0.5]]));
});
