import { describe, expect, it } from "vitest";
import { compilePattern } from "../../../src/services/logs/pattern/compile.ts";

/** The indexes of the messages that a pattern matches. */
const matching = (pattern: string, ...messages: string[]): readonly number[] => {
  const matches = compilePattern(pattern);
  return messages.flatMap((message, index) => (matches(message) ? [index] : []));
};

// The examples of https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
describe("a pattern of terms", () => {
  const three = ["ERROR WARN message", "ERROR message", "WARN message"];

  it.each([
    ["ERROR", [0, 1]],
    ["?ERROR ?WARN", [0, 1, 2]],
    ["ERROR WARN", [0]],
    ["ERROR -WARN", [1]],
    ["-ERROR", [2]],
    ["\"WARN message\"", [0, 2]],
    ["\"ERROR\" - \"WARN\"", [1]],
    ["", [0, 1, 2]],
    ["error", []],
  ])("%s matches what AWS's page says", (pattern, expected) => {
    expect(matching(pattern, ...three)).toEqual(expected);
  });

  it("finds terms inside words", () => {
    expect(matching("ERROR", "Exiting with ERRORCODE: -1")).toEqual([0]);
    expect(matching("ERROR Exception", "[ERROR] Caught IllegalArgumentException", "[ERROR] Unhandled")).toEqual([0]);
  });

  it("takes quotes in quotes", () => {
    expect(matching(String.raw`"say \"hi\""`, "say \"hi\" now", "say hi")).toEqual([0]);
  });
});

describe("a JSON pattern", () => {
  const trail = JSON.stringify({
    eventType: "UpdateTrail", sourceIPAddress: "111.111.111.111", arrayKey: ["value", "another value"],
    objectList: [{ name: "a", id: 1 }, { name: "b", id: 2 }], SomeObject: null, ThisFlag: true,
    user: { id: 1, email: "John.Stiles@example.com" }, users: [{ id: 2, email: "John.Doe@example.com" }, { id: 3, email: "Jane.Doe@example.com" }],
    actions: ["GET", "PUT", "DELETE"], coordinates: [[0, 1, 2], [4, 5, 6], [7, 8, 9]], latency: 512.5, code: "400", "dash-ed_name": "x",
  });

  it.each([
    "{ $.eventType = \"UpdateTrail\" }", "{$.eventType=UpdateTrail}", "{ $.eventType = Update* }", "{ $.eventType = *Trail }", "{ $.eventType = *date* }",
    "{ $.sourceIPAddress != 123.123.* }", "{ $.arrayKey[0] = \"value\" }", "{ $.objectList[1].id = 2 }", "{ $.SomeObject IS NULL }",
    "{ $.SomeOtherObject NOT EXISTS }", "{ $.ThisFlag IS TRUE }", "{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }",
    "{ $.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }",
    "{ $.latency >= 500 }", "{ $.latency < 10e3 }", "{ $.latency > +5.1e2 && $.latency != 1 }", "{ $.coordinates[1][2] = 6 }", "{ $.code = 400 }",
    "{ $.latency = * }", "{ $.dash-ed_name = x }",
  ])("%s matches", (pattern) => {
    expect(compilePattern(pattern)(trail)).toBe(true);
  });

  it.each([
    "{ ($.user.id = 2 && $.users[0].email = \"nonmatch\") || $.actions[2] = \"GET\" }",
    "{ ($.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }",
    "{ $.users = 1 }", "{ $.users != 1 }", "{ $.missing != 1 }", "{ $.missing = * }", "{ $.eventType[0] = U }", "{ $.SomeObject NOT EXISTS }",
    "{ $.ThisFlag IS FALSE }", "{ $.eventType = Up*Trail }", "{ $.latency < 500 }", "{ $.__proto__.x = * }",
  ])("%s does not match", (pattern) => {
    expect(compilePattern(pattern)(trail)).toBe(false);
  });

  it("passes over lines that are no JSON objects", () => {
    expect(matching("{ $.a != 1 }", "plain", "{ broken", "[{\"a\": 2}]", " {\"a\": 2}")).toEqual([3]);
  });
});
