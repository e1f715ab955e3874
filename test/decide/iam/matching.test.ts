import { describe, expect, test } from "vitest";
import { compilePolicy, contextOf, evaluate, type Caller } from "../../../src/decide/iam/index.ts";

const caller: Caller = { kind: "user", account: "123456789012", arn: "arn:aws:iam::123456789012:user/ann", uniqueId: "AIDAANN" };

interface Asked {
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly version?: string;
}
function allows(statement: object, { action = "s3:GetObject", resource = "arn:aws:s3:::photos/a.jpg", context = {}, version = "2012-10-17" }: Asked = {}): boolean {
  const text = JSON.stringify({ Version: version, Statement: { Effect: "Allow", Action: "*", Resource: "*", ...statement } });
  return evaluate(
    { caller, action, resource, resourceAccount: "123456789012", context: contextOf(context) },
    { identity: [{ name: "p", policy: compilePolicy(text) }], resourceKind: "resource" },
  ).decision === "allow";
}
const without = (name: string) => ({ [name]: undefined });

describe("actions", () => {
  test.each([
    ["s3:GetObject", true], ["S3:getobject", true], ["s3:Get*", true], ["s3:*", true], ["*", true], ["*:*", true], ["s3:?etObject", true], ["s3:G*t", true],
    ["*:GetObject", true], ["s3:GetObjectAcl", false], ["s3:Put*", false], ["s3:GetObject?", false], ["lambda:*", false], ["s3:", false],
  ])("%s covers s3:GetObject: %s", (pattern, covered) => {
    expect(allows({ Action: pattern })).toBe(covered);
    expect(allows({ ...without("Action"), NotAction: pattern })).toBe(!covered);
  });
});

describe("resources", () => {
  const endpoint = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/dogs";
  const stream = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/classify:log-stream:2026/11/21";
  test.each([
    ["*", endpoint, true], [endpoint, endpoint, true], ["arn:aws:sagemaker:*:*:endpoint/*", endpoint, true], ["arn:aws:sagemaker:us-?ast-1:*:endpoint/d*s", endpoint, true],
    ["arn:aws:sagemaker:us-west-2:*:endpoint/*", endpoint, false], ["arn:aws:sagemaker:*:*:endpoint/cats", endpoint, false], ["arn:aws:s3:::*", endpoint, false],
    ["arn:aws:logs:*:*:log-group:/aws/lambda/*", stream, true], ["arn:aws:logs:*:*:*", stream, true], ["arn:aws:logs:*:*:log-group:/aws/lambda/classify:*", stream, true],
    ["arn:aws:logs:*:*:log-group:/aws/sagemaker/*", stream, false],
    // A wildcard stays in its part of the ARN.
    ["arn:aws:sagemaker:us-east-1:1*/dogs:x", endpoint, false], ["arn:aws:sage*:endpoint:x:y:dogs", endpoint, false],
    // An incomplete ARN is completed by wildcards.
    ["arn:aws:sagemaker", endpoint, true], ["arn:aws:sage*", endpoint, true], ["arn:aws:s3", endpoint, false],
  ])("%s covers %s: %s", (pattern, resource, covered) => {
    expect(allows({ Resource: pattern }, { resource })).toBe(covered);
    expect(allows({ ...without("Resource"), NotResource: pattern }, { resource })).toBe(!covered);
  });

  test("a request about `*` is covered by `*` only", () => {
    expect(allows({ Resource: "*" }, { resource: "*" })).toBe(true);
    expect(allows({ Resource: "arn:aws:s3:::*" }, { resource: "*" })).toBe(false);
  });
});

describe("variables", () => {
  const mine = { Resource: "arn:aws:s3:::photos/${aws:username}/*" };
  test("stand for the request's value, without regard to case of their name", () => {
    expect(allows(mine, { resource: "arn:aws:s3:::photos/ann/a", context: { "aws:username": "ann" } })).toBe(true);
    expect(allows({ Resource: "arn:aws:s3:::photos/${AWS:UserName}/*" }, { resource: "arn:aws:s3:::photos/ann/a", context: { "aws:username": "ann" } })).toBe(true);
    expect(allows(mine, { resource: "arn:aws:s3:::photos/bob/a", context: { "aws:username": "ann" } })).toBe(false);
  });
  test("without a value match nothing, not even by NotResource", () => {
    expect(allows(mine, { resource: "arn:aws:s3:::photos/ann/a" })).toBe(false);
    expect(allows({ ...without("Resource"), NotResource: mine.Resource }, { resource: "arn:aws:s3:::photos/ann/a" })).toBe(false);
    expect(allows({ Condition: { StringNotEquals: { "aws:userid": "${aws:username}" } } }, { context: { "aws:userid": "x" } })).toBe(false);
  });
  test("fall back on their default", () => {
    const shared = { Resource: "arn:aws:s3:::photos/${aws:PrincipalTag/team, 'everyone'}/*" };
    expect(allows(shared, { resource: "arn:aws:s3:::photos/everyone/a" })).toBe(true);
    expect(allows(shared, { resource: "arn:aws:s3:::photos/blue/a", context: { "aws:PrincipalTag/Team": "blue" } })).toBe(true);
  });
  test("bring no wildcards of their own", () => {
    expect(allows(mine, { resource: "arn:aws:s3:::photos/bob/a", context: { "aws:username": "*" } })).toBe(false);
  });
  test("${*}, ${?} and ${$} are the characters", () => {
    expect(allows({ Resource: "arn:aws:s3:::photos/${*}${?}${$}" }, { resource: "arn:aws:s3:::photos/*?$" })).toBe(true);
    expect(allows({ Resource: "arn:aws:s3:::photos/${*}" }, { resource: "arn:aws:s3:::photos/a" })).toBe(false);
  });
  test("are plain text in documents of the first version", () => {
    expect(allows(mine, { version: "2008-10-17", resource: "arn:aws:s3:::photos/ann/a", context: { "aws:username": "ann" } })).toBe(false);
    expect(allows(mine, { version: "2008-10-17", resource: "arn:aws:s3:::photos/${aws:username}/a" })).toBe(true);
  });
});

describe("conditions", () => {
  const arn = "arn:aws:iam::123456789012:role/Reader";
  test.each<[string, string | readonly (string | boolean | number)[] | boolean | number, string | readonly string[] | undefined, boolean]>([
    ["StringEquals", "a", "a", true], ["StringEquals", "a", "A", false], ["StringEquals", ["a", "b"], "b", true], ["StringEquals", "*", "a", false],
    ["StringNotEquals", ["a", "b"], "c", true], ["StringNotEquals", ["a", "b"], "b", false], ["StringNotEquals", "a", undefined, true],
    ["StringEqualsIgnoreCase", "A", "a", true], ["StringNotEqualsIgnoreCase", "A", "a", false],
    ["StringLike", "a*", "abc", true], ["StringLike", "a?", "abc", false], ["StringNotLike", "a*", "abc", false], ["StringLike", "a", undefined, false],
    ["NumericEquals", "5", "5.0", true], ["NumericLessThan", 5, "4", true], ["NumericLessThan", "5", "5", false], ["NumericLessThanEquals", "5", "5", true],
    ["NumericGreaterThan", "5", "6", true], ["NumericGreaterThanEquals", "5", "4", false], ["NumericNotEquals", "5", "6", true], ["NumericEquals", "5", "five", false],
    ["DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", true], ["DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", true],
    ["DateEquals", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", true], ["DateNotEquals", "2026", "2026-01-01", false],
    ["DateLessThanEquals", "1767225600", "2026-01-01T00:00:00Z", true], ["DateGreaterThanEquals", "2026-01-01T00:00Z", "soon", false],
    ["Bool", "true", "true", true], ["Bool", true, "True", true], ["Bool", "false", "true", false], ["Bool", "true", undefined, false], ["BoolIfExists", "true", undefined, true],
    ["BinaryEquals", "QUJD", "QUJD", true], ["BinaryEquals", "QUJD", "QUJE", false],
    ["IpAddress", "10.0.0.0/8", "10.1.2.3", true], ["IpAddress", "10.0.0.0/8", "11.1.2.3", false], ["IpAddress", "10.1.2.3", "10.1.2.3", true], ["IpAddress", "10.1.2.0/23", "10.1.3.255", true],
    ["IpAddress", "2001:DB8::/32", "2001:db8:0:1::7", true], ["IpAddress", "2001:db8::1", "2001:db8:0:0:0:0:0:1", true], ["IpAddress", "10.0.0.0/8", "::ffff:10.0.0.1", true],
    ["IpAddress", "0.0.0.0/0", "::1", false], ["NotIpAddress", "10.0.0.0/8", "11.0.0.1", true], ["NotIpAddress", ["10.0.0.0/8", "11.0.0.0/8"], "11.0.0.1", false],
    ["ArnEquals", "arn:aws:iam::*:role/*", arn, true], ["ArnLike", "arn:aws:iam::123456789012:role/R?ader", arn, true], ["ArnNotLike", "arn:aws:iam::*:role/*", arn, false],
    ["ArnLike", "arn:aws:*:finance/*", "arn:aws:x:us-east-1:1:store:finance/a", false], ["ArnNotEquals", "arn:aws:iam::*:user/*", arn, true],
    ["Null", "true", undefined, true], ["Null", "false", undefined, false], ["Null", true, "x", false], ["Null", "false", "x", true],
    ["StringEqualsIfExists", "a", undefined, true], ["StringEqualsIfExists", "a", "b", false],
    ["ForAnyValue:StringEquals", ["a", "b"], ["b", "c"], true], ["ForAnyValue:StringEquals", ["a"], ["b", "c"], false], ["ForAnyValue:StringEquals", "a", undefined, false],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b", "b"], true], ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false], ["ForAllValues:StringEquals", "a", undefined, true],
    ["ForAllValues:StringLike", "a*", [], true], ["ForAnyValue:StringNotEquals", "a", ["a", "b"], true], ["ForAllValues:StringNotEquals", "a", ["a", "b"], false],
    // A key with many values needs a set operator.
    ["StringEquals", "a", ["a"], false], ["NoSuchOperator", "a", "a", false],
  ])("%s %j with %j: %s", (operator, wanted, actual, holds) => {
    const context = actual === undefined ? {} : { "aws:Key": actual };
    expect(allows({ Condition: { [operator]: { "AWS:key": wanted } } }, { context })).toBe(holds);
  });

  test("operators and keys are all needed", () => {
    const Condition = { StringEquals: { a: "1", b: "2" }, Bool: { c: "true" } };
    expect(allows({ Condition }, { context: { a: "1", b: "2", c: "true" } })).toBe(true);
    expect(allows({ Condition }, { context: { a: "1", b: "3", c: "true" } })).toBe(false);
    expect(allows({ Condition }, { context: { a: "1", b: "2", c: "false" } })).toBe(false);
  });
});

test("what is no policy allows nothing", () => {
  for (const text of ["", "[]", "null", "{}", '{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}', '{"Statement":"*"}']) {
    expect(compilePolicy(text).statementsOf("s3:getobject")).toEqual({ allows: [], denies: [] });
  }
});
