import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compilePattern } from "../../../src/wire/constraints/pattern.ts";

const folder = new URL("../../../src/wire/constraints/generated/", import.meta.url);
const patterns = new Set(readdirSync(folder).flatMap((file) => {
  const { shapes } = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as { shapes: Record<string, { pattern?: string }> };
  return Object.values(shapes).flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));
}));

test("every pattern of the models means something here", () => {
  expect(patterns.size).toBeGreaterThan(250);
  expect([...patterns].filter((pattern) => compilePattern(pattern) === undefined)).toEqual([]);
});

test("Java's classes, escapes and anchors are understood, and the whole value is matched", () => {
  expect(compilePattern("\\A\\S[\\p{Print}]*\\z")?.test("model v1")).toBe(true);
  expect(compilePattern("\\A\\S[\\p{Print}]*\\z")?.test("mödel")).toBe(false);
  expect(compilePattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)")?.test("Größe 1 @ home")).toBe(true);
  expect(compilePattern("([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)")?.test("a;b")).toBe(false);
  expect(compilePattern("a|b")?.test("ac")).toBe(false);
});

test("the rewritten patterns mean the same", () => {
  const repository = compilePattern("https://([.\\-_a-zA-Z0-9]+/?){3,1016}");
  for (const right of ["https://github.com/a/b", "https://abc", "https://a/b/c/"]) expect(repository?.test(right)).toBe(true);
  for (const wrong of ["https://ab", "https:///abc", "https://a//b/c", "http://abc", "https://a b c"]) expect(repository?.test(wrong)).toBe(false);
  const team = compilePattern("[a-z0-9]([-a-z0-9]*[a-z0-9]){0,39}?");
  for (const right of ["a", "a-b", "a--b9"]) expect(team?.test(right)).toBe(true);
  for (const wrong of ["", "-a", "a-", "A"]) expect(team?.test(wrong)).toBe(false);
});

test("no pattern takes long over a hostile value", () => {
  const starts = ["", "arn:aws:iam::123456789012:role/", "arn:aws:sagemaker:us-east-1:123456789012:", "s3://", "https://"];
  const repeated = ["a", "-", "a-", "0", "/", "a/", ".", "a.", ":", " ", "_", "\\", "{"];
  const slow: string[] = [];
  for (const pattern of patterns) {
    const expression = compilePattern(pattern);
    // Short values first: a pattern that doubles its time with each character shows itself before it costs seconds.
    const takesLong = (value: string): boolean => {
      const begun = performance.now();
      expression?.test(value);
      return performance.now() - begun > 80;
    };
    const values = [12, 16, 20, 24, 28, 100, 2000].flatMap((length) => starts.flatMap((start) => repeated.map((piece) => `${start}${piece.repeat(length)}\u0000`)));
    if (values.some((value) => takesLong(value) && takesLong(value))) slow.push(pattern);
  }
  expect(slow).toEqual([]);
});
