import { describe, expect, test } from "vitest";
import { checkPolicyDocument, type PolicyKind } from "../../../src/decide/iam/index.ts";

const document = (statement: object, more: object = {}): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...statement }], ...more });
const check = (statement: object, kind: PolicyKind = "managed"): string | undefined => checkPolicyDocument(document(statement), kind);

const SYNTAX = "Syntax errors in policy.";

describe("identity policies", () => {
  test("of every form in the grammar pass", () => {
    for (const statement of [
      {}, { Sid: "Read1" }, { Action: ["s3:*", "*"] }, { Action: undefined, NotAction: "iam:*" }, { Resource: undefined, NotResource: ["arn:aws:s3:::a/*"] },
      { Condition: { StringLike: { "s3:prefix": ["", "home/${aws:username}"] }, "ForAllValues:StringEqualsIfExists": { "aws:TagKeys": "a" }, Bool: { "aws:SecureTransport": true } } },
      { Resource: "arn:aws:iam::123456789012:role/*" }, { Resource: "arn:aws:sagemaker:*:*:endpoint/${aws:PrincipalTag/team, 'none'}" }, { Resource: "arn:aws:s3*" },
    ]) expect(check(statement)).toBeUndefined();
    expect(checkPolicyDocument('{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}', "inline")).toBeUndefined();
  });

  test.each<[string, string]>([
    ["", SYNTAX], ["nonsense", SYNTAX], ["[]", SYNTAX], ["{}", SYNTAX], ['{"Version":"2012-10-17","Statement":[]}', SYNTAX],
    ['{"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', SYNTAX],
    ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"},"Extra":1}', SYNTAX],
    ['{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Effect":"Deny"}}', SYNTAX],
    ['{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"*","Resource":"*"}}', SYNTAX],
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    ['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', "Policy document must be version 2012-10-17 or greater."],
  ])("%s is refused", (text, complaint) => {
    expect(checkPolicyDocument(text, "managed")).toBe(complaint);
  });

  test.each<[object, string]>([
    [{ Effect: undefined }, SYNTAX], [{ Extra: 1 }, SYNTAX], [{ NotAction: "*" }, SYNTAX], [{ Action: 1 }, SYNTAX], [{ Condition: { StringIs: { a: "b" } } }, SYNTAX], [{ Condition: [] }, SYNTAX],
    [{ Principal: "*" }, "Policy document should not specify a principal."],
    [{ Action: undefined }, "Policy statement must contain actions."], [{ Action: [] }, "Policy statement must contain actions."],
    [{ Resource: undefined }, "Policy statement must contain resources."],
    [{ Action: "GetObject" }, "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."], [{ Action: "s3:Get:Object" }, "Actions/Condition can contain only one colon."],
    [{ Action: "s 3:Get" }, "Vendor s 3 is not valid"],
    [{ Resource: "photos" }, 'Resource photos must be in ARN format or "*".'], [{ Resource: "arn:aws:s3" }, "The policy failed legacy parsing"],
    [{ Resource: "arn:azure:s3:::a" }, 'Partition "azure" is not valid for resource "arn:azure:s3:::a".'],
    [{ Resource: "arn:aws:iam::123456789012:ann" }, 'IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.'],
    [{ Resource: "arn:aws:iam:us-east-1:123456789012:user/ann" }, "IAM resource arn:aws:iam:us-east-1:123456789012:user/ann cannot contain region information."],
    [{ Condition: { DateLessThan: { "aws:CurrentTime": "soon" } } }, "The policy failed legacy parsing"],
    [{ Sid: "has space" }, "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"],
  ])("a statement with %j is refused", (statement, complaint) => {
    expect(check(statement)).toBe(complaint);
  });

  test("Sids are unique", () => {
    const statement = { Sid: "a", Effect: "Allow", Action: "*", Resource: "*" };
    expect(checkPolicyDocument(JSON.stringify({ Version: "2012-10-17", Statement: [statement, statement] }), "inline")).toBe("Statement IDs (SID) in a single policy must be unique.");
  });
});

describe("trust policies", () => {
  const trust = (more: object): string | undefined =>
    check({ Action: "sts:AssumeRole", Resource: undefined, Principal: { Service: "lambda.amazonaws.com" }, ...more }, "trust");
  test("pass with services, accounts, users, roles, sessions and everybody", () => {
    const arn = "arn:aws:iam::123456789012:";
    for (const Principal of ["*", { AWS: "*" }, { AWS: ["123456789012", `${arn}root`, `${arn}user/a/b`, `${arn}role/r`, "AROAEXAMPLE12345"] }, { Service: ["sagemaker.amazonaws.com"] }, { AWS: "arn:aws:sts::123456789012:assumed-role/r/s" }]) {
      expect(trust({ Principal })).toBeUndefined();
    }
    expect(trust({ Action: ["sts:AssumeRole", "sts:TagSession"] })).toBeUndefined();
  });
  test.each<[object, string]>([
    [{ Resource: "*" }, "Has prohibited field Resource"], [{ Principal: undefined }, "Missing required field Principal"], [{ Action: undefined }, "Missing required field Action"],
    [{ Effect: undefined }, "Missing required field Effect"], [{ Action: "s3:GetObject" }, "AssumeRole policy may only specify STS AssumeRole actions."],
    [{ Action: "*" }, "AssumeRole policy may only specify STS AssumeRole actions."], [{ Extra: 1 }, "Unknown field Extra"],
    [{ Principal: { AWS: "ann" } }, 'Invalid principal in policy: "AWS":"ann"'], [{ Principal: { Service: "lambda" } }, 'Invalid principal in policy: "SERVICE":"lambda"'],
    [{ Condition: { StringIs: { a: "b" } } }, "Invalid Condition type : StringIs"],
  ])("with %j is refused", (more, complaint) => {
    expect(trust(more)).toBe(complaint);
  });
  test("that are no JSON are refused as such", () => {
    expect(checkPolicyDocument("{", "trust")).toBe("This policy contains invalid Json");
    expect(checkPolicyDocument('{"Version":"2012-10-17"}', "trust")).toBe("Missing required field Statement");
  });
});

describe("resource policies", () => {
  test("need a principal and a resource", () => {
    expect(check({ Principal: "*" }, "resource")).toBeUndefined();
    expect(check({}, "resource")).toBe("Missing required field Principal");
    expect(check({ Principal: "*", Resource: undefined }, "resource")).toBe("Missing required field Resource");
    expect(checkPolicyDocument('{"Statement":[]}', "resource")).toBe("Could not parse the policy: Statement is empty!");
  });
  test.each([
    { NotPrincipal: { AWS: "111122223333" } }, { NotAction: "s3:GetObject" }, { NotResource: "arn:aws:s3:::photos/secret" },
  ])("may not say the same element both ways: %j", (more) => {
    expect(check({ Principal: "*", ...more }, "resource")).toBe("Syntax errors in policy.");
  });
});
