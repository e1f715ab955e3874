import { describe, expect, test } from "vitest";
import { compilePolicy, contextOf, evaluate, explainDenial, type AccessQuestion, type Caller, type NamedPolicy, type PolicySet } from "../../../src/decide/iam/index.ts";

const ACCOUNT = "123456789012";
const BUCKET = "arn:aws:s3:::photos";
const user: Caller = { kind: "user", account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/JohnDoe`, uniqueId: "AIDAJOHN" };
const session: Caller = {
  kind: "role-session", account: ACCOUNT, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/s1`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/Reader`, uniqueId: "AROAREADER",
};

const statement = (effect: "Allow" | "Deny", more: object = {}): object => ({ Effect: effect, Action: "s3:GetObject", Resource: `${BUCKET}/*`, ...more });
const policy = (...statements: readonly object[]): NamedPolicy =>
  ({ name: "p", policy: compilePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })) });
const allow = policy(statement("Allow"));
const allowTo = (principal: unknown): NamedPolicy => policy(statement("Allow", { Principal: principal }));
const nothing = policy();

const question = (caller: Caller, more: Partial<AccessQuestion> = {}): AccessQuestion =>
  ({ caller, action: "s3:GetObject", resource: `${BUCKET}/a.jpg`, resourceAccount: ACCOUNT, context: contextOf({}), ...more });
function ask(caller: Caller, policies: Partial<PolicySet>, more: Partial<AccessQuestion> = {}): string {
  const asked = question(caller, more);
  return explainDenial(asked, evaluate(asked, { identity: [], resourceKind: "resource", ...policies })) ?? "allowed";
}

describe("within one account", () => {
  test("nothing is allowed until an identity policy allows it", () => {
    expect(ask(user, {})).toBe(`User: ${user.arn} is not authorized to perform: s3:GetObject on resource: ${BUCKET}/a.jpg because no identity-based policy allows the s3:GetObject action`);
    expect(ask(user, { identity: [allow] })).toBe("allowed");
  });

  test("an explicit deny anywhere wins", () => {
    const deny = policy(statement("Deny"));
    expect(ask(user, { identity: [allow, deny] })).toMatch(/with an explicit deny in an identity-based policy$/);
    expect(ask(user, { identity: [allow], resource: policy(statement("Deny", { Principal: "*" })) })).toMatch(/with an explicit deny in a resource-based policy$/);
    expect(ask(user, { identity: [allow], boundary: policy(statement("Allow"), statement("Deny")) })).toMatch(/with an explicit deny in a permissions boundary$/);
    expect(ask(session, { identity: [allow], session: [deny] })).toMatch(/with an explicit deny in a session policy$/);
  });

  test("boundary and session policy limit what identity policies allow", () => {
    expect(ask(user, { identity: [allow], boundary: nothing })).toMatch(/because no permissions boundary allows the s3:GetObject action$/);
    expect(ask(session, { identity: [allow], session: [nothing] })).toMatch(/because no session policy allows the s3:GetObject action$/);
    expect(ask(session, { identity: [allow], boundary: allow, session: [nothing, allow] })).toBe("allowed");
  });

  test("a resource policy that names the user or the session is enough, whatever boundary and session policy lack", () => {
    expect(ask(user, { resource: allowTo({ AWS: user.arn }), boundary: nothing })).toBe("allowed");
    expect(ask(session, { resource: allowTo({ AWS: session.arn }), boundary: nothing, session: [nothing] })).toBe("allowed");
  });

  test("a resource policy that names the role stands in for an identity policy only", () => {
    const resource = allowTo({ AWS: `arn:aws:iam::${ACCOUNT}:role/Reader` });
    expect(ask(session, { resource })).toBe("allowed");
    expect(ask(session, { resource, boundary: nothing })).toMatch(/no permissions boundary/);
    expect(ask(session, { resource, session: [nothing] })).toMatch(/no session policy/);
  });

  test("a resource policy that names the account leaves the decision to its identity policies", () => {
    expect(ask(user, { resource: allowTo({ AWS: ACCOUNT }) })).toMatch(/no identity-based policy/);
    expect(ask(user, { resource: allowTo({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), identity: [allow] })).toBe("allowed");
  });

  test("unique ids name users and roles", () => {
    expect(ask(user, { resource: allowTo({ AWS: "AIDAJOHN" }) })).toBe("allowed");
    expect(ask(user, { resource: allowTo({ AWS: "AIDAOTHER" }) })).not.toBe("allowed");
    expect(ask(session, { resource: allowTo({ AWS: "AROAREADER" }) })).toBe("allowed");
  });

  test("root may do everything that a resource policy does not deny it, and can repair a bucket policy that does", () => {
    const root: Caller = { kind: "root", account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root` };
    const closed = policy({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: [BUCKET, `${BUCKET}/*`] });
    expect(ask(root, {})).toBe("allowed");
    expect(ask(root, { resource: closed })).toMatch(/explicit deny/);
    expect(ask(root, { resource: closed }, { action: "s3:DeleteBucketPolicy", resource: BUCKET })).toBe("allowed");
  });

  test("strangers get what a policy gives everybody", () => {
    const stranger: Caller = { kind: "anonymous", account: ACCOUNT, arn: "anonymous" };
    expect(ask(stranger, {})).not.toBe("allowed");
    expect(ask(stranger, { resource: allowTo("*") })).toBe("allowed");
    expect(ask(stranger, { resource: allowTo({ AWS: ACCOUNT }) })).not.toBe("allowed");
  });
});

describe("across accounts", () => {
  const foreign = { resourceAccount: "999999999999" };
  test("both sides must allow", () => {
    expect(ask(user, { identity: [allow] }, foreign)).toMatch(/no resource-based policy/);
    expect(ask(user, { resource: allowTo({ AWS: user.arn }) }, foreign)).toMatch(/no identity-based policy/);
    expect(ask(user, { identity: [allow], resource: allowTo({ AWS: ACCOUNT }) }, foreign)).toBe("allowed");
    expect(ask(user, { identity: [allow], boundary: nothing, resource: allowTo({ AWS: user.arn }) }, foreign)).toMatch(/no permissions boundary/);
  });
});

describe("trust policies", () => {
  const role = { action: "sts:AssumeRole", resource: `arn:aws:iam::${ACCOUNT}:role/Target` };
  const trust = (principal: unknown, more: object = {}): NamedPolicy => policy({ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole", ...more });
  const mayAssume = policy({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" });

  test("must allow: an identity policy alone does not", () => {
    expect(ask(user, { identity: [mayAssume], resourceKind: "trust" }, role)).toMatch(/because no role trust policy allows the sts:AssumeRole action$/);
    expect(ask(user, { identity: [mayAssume], resource: trust({ AWS: ACCOUNT }), resourceKind: "trust" }, role)).toBe("allowed");
    expect(ask(user, { resource: trust({ AWS: ACCOUNT }), resourceKind: "trust" }, role)).toMatch(/no identity-based policy/);
    expect(ask(user, { resource: trust({ AWS: user.arn }), resourceKind: "trust" }, role)).toBe("allowed");
  });

  test("let in services by name, and by the account they act for", () => {
    const service: Caller = { kind: "service", account: ACCOUNT, arn: "sagemaker.amazonaws.com", service: "sagemaker.amazonaws.com" };
    const resource = trust({ Service: "sagemaker.amazonaws.com" }, { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } });
    expect(ask(service, { resource, resourceKind: "trust" }, { ...role, context: contextOf({ "aws:SourceAccount": ACCOUNT }) })).toBe("allowed");
    expect(ask(service, { resource, resourceKind: "trust" }, { ...role, context: contextOf({ "aws:SourceAccount": "999999999999" }) })).not.toBe("allowed");
    expect(ask({ ...service, service: "lambda.amazonaws.com" }, { resource, resourceKind: "trust" }, role)).not.toBe("allowed");
  });

  test("demand the external id they ask for", () => {
    const resource = trust({ AWS: user.arn }, { Condition: { StringEquals: { "sts:ExternalId": "42" } } });
    expect(ask(user, { resource, resourceKind: "trust" }, { ...role, context: contextOf({ "sts:ExternalId": "42" }) })).toBe("allowed");
    expect(ask(user, { resource, resourceKind: "trust" }, role)).not.toBe("allowed");
  });
});

test("the sentence leaves out a resource that is not one", () => {
  expect(ask(user, {}, { action: "sagemaker:ListEndpoints", resource: "*" }))
    .toBe(`User: ${user.arn} is not authorized to perform: sagemaker:ListEndpoints because no identity-based policy allows the sagemaker:ListEndpoints action`);
});
