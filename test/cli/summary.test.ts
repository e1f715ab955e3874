import { expect, test } from "vitest";
import { answerLines, hasFailed } from "../../src/cli/summary.ts";

type Result = Parameters<typeof answerLines>[0];
const lines = (payload: unknown, error?: string): readonly string[] =>
  answerLines({ answer: { payload, error, logTail: "", billedSeconds: 0 }, sample: { path: "pug/1.jpg" } } as unknown as Result);

test("the example's answer is named with its runners-up", () => {
  const top = [{ breed: "pug", probability: 0.75 }, { breed: "boxer", probability: 0.25 }];
  expect(lines({ statusCode: 200, body: JSON.stringify({ top }) })).toEqual(["The function answered for pug/1.jpg: pug (75.0 %)", "  runners-up: boxer (25.0 %)"]);
});

test.each(["plain words", { statusCode: 200, body: "plain words" }, { statusCode: 200, body: "null" }, { statusCode: 200, body: "[1]" }, null])(
  "a function of one's own may answer %j", (payload) => {
    expect(lines(payload)).toEqual([`The function answered for pug/1.jpg: ${JSON.stringify(payload)}`]);
  },
);

test("an error and a status of an error are failures", () => {
  const failed = (payload: unknown, error?: string): boolean => hasFailed({ payload, error, logTail: "", billedSeconds: 0 });
  expect(lines({ statusCode: 502, body: '{"error":"AccessDenied"}' })).toEqual(["The function answered for pug/1.jpg: AccessDenied"]);
  expect([failed({ statusCode: 502 }), failed({}, "Unhandled"), failed({ statusCode: 200 }), failed("words"), failed(null)]).toEqual([true, true, false, false, false]);
});
