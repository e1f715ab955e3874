import { expect, test } from "vitest";
import { probabilitiesOf } from "../../src/project/evaluate.ts";

test("an answer is a number for each class", () => {
  expect(probabilitiesOf("[0.25, 0.75]", 2)).toEqual([0.25, 0.75]);
});

test.each(["", "[]", "[1]", "[1, null]", "{}", "[1, 2, 3]", "words"])("%j counts as no guess at all", (text) => {
  expect(() => probabilitiesOf(text, 2)).toThrow(`a picture was answered with ${text}, where 2 probabilities were expected`);
});
