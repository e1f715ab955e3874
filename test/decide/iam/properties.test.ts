import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPolicyDocument, compilePolicy } from "../../../src/decide/iam/index.ts";
import { contextOf } from "../../../src/decide/iam/context.ts";
import { hasDuplicateKeys } from "../../../src/decide/iam/json.ts";
import { compilePattern } from "../../../src/decide/iam/pattern.ts";
import { inRange, readAddress, readRange } from "../../../src/decide/iam/values.ts";

const NOTHING = contextOf({});
const letters = fc.string({ unit: fc.constantFrom("a", "b", "/", ":"), maxLength: 12 });
const pattern = fc.string({ unit: fc.constantFrom("a", "b", "/", ":", "*", "?"), maxLength: 10 });

test("wildcards match what the same regular expression matches", () => {
  fc.assert(fc.property(pattern, letters, (wild, text) => {
    const expression = new RegExp(`^${[...wild].map((each) => (each === "*" ? ".*" : each === "?" ? "." : each)).join("")}$`, "s");
    expect(compilePattern(wild, { variables: true, wildcards: true })(text, NOTHING)).toBe(expression.test(text));
  }), { numRuns: 3000 });
});

test("a value that fills a variable is matched as it is", () => {
  fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 10 }), fc.string({ maxLength: 10 }), (value, other) => {
    const match = compilePattern("x${aws:username}y", { variables: true, wildcards: true });
    const context = contextOf({ "aws:username": value });
    expect(match(`x${value}y`, context)).toBe(true);
    expect(match(`x${other}y`, context)).toBe(value === other);
  }), { numRuns: 1000 });
});

test("a hostile pattern takes no time", () => {
  const match = compilePattern("*a".repeat(200), { variables: false, wildcards: true });
  const started = performance.now();
  expect(match(`${"a".repeat(199)}b`.repeat(20), NOTHING)).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});

test("an address is in the ranges that share its first bits, and in no others", () => {
  fc.assert(fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (network, address, bits) => {
    const number = (text: string): number => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = 2 ** (32 - bits);
    const range = readRange(`${network}/${bits}`);
    const bytes = readAddress(address);
    expect(range && bytes && inRange(range, bytes)).toBe(Math.floor(number(network) / size) === Math.floor(number(address) / size));
  }), { numRuns: 2000 });
  fc.assert(fc.property(fc.ipV6(), (address) => {
    expect(readAddress(address)?.length).toSatisfy((length) => length === 16 || length === 4);
    const range = readRange(`${address}/128`);
    expect(range === undefined || inRange(range, readAddress(address) ?? [])).toBe(true);
  }), { numRuns: 2000 });
});

test("whatever is written as a policy, checking and compiling it does not throw, and what is no policy allows nothing", () => {
  const value = fc.letrec((tie) => ({
    json: fc.oneof({ maxDepth: 4 }, fc.string(), fc.constantFrom("*", "Allow", "s3:GetObject", "2012-10-17", "arn:aws:s3:::a", null, 1, true), fc.array(tie("json"), { maxLength: 3 }), tie("object")),
    object: fc.dictionary(fc.constantFrom("Version", "Statement", "Effect", "Action", "Resource", "Principal", "Condition", "AWS", "StringEquals", "aws:username", "__proto__"), tie("json"), { maxKeys: 6 }),
  }));
  fc.assert(fc.property(fc.oneof(value.json.map((json) => JSON.stringify(json)), fc.string()), (text) => {
    const complaints = (["managed", "inline", "session", "trust", "resource"] as const).map((kind) => checkPolicyDocument(text ?? "", kind));
    const { allows } = compilePolicy(text ?? "").statementsOf("s3:getobject");
    if (complaints.every((complaint) => complaint !== undefined)) for (const statement of allows) expect(statement.effect).toBe("Allow");
    if (/^\s*[^{\s]/.test(text ?? "")) expect(allows).toEqual([]);
  }), { numRuns: 3000 });
});

test("a key written twice in one object is found, and in two objects is not", () => {
  expect(hasDuplicateKeys('{"a":{"b":1,"b":2}}')).toBe(true);
  expect(hasDuplicateKeys('{"a":[{"b":"a"},{"b":"b,b"}],"b":"\\"a\\":"}')).toBe(false);
  fc.assert(fc.property(fc.jsonValue(), (json) => {
    expect(hasDuplicateKeys(JSON.stringify(json))).toBe(false);
  }), { numRuns: 2000 });
});
