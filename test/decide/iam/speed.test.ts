import { expect, test } from "vitest";
import { AWS_MANAGED_POLICIES } from "../../../src/catalogue/managed-policies/index.ts";
import { compilePolicy, contextOf, evaluate, type Caller, type PolicySet } from "../../../src/decide/iam/index.ts";

/** The aim is 20 us; a shared machine may be several times slower than a quiet one. */
const BOUND_US = 100;
const ROUNDS = 20_000;

test("a decision over five policies takes microseconds", () => {
  const documents = ["AmazonSageMakerFullAccess", "AmazonS3ReadOnlyAccess", "CloudWatchLogsFullAccess", "IAMFullAccess"]
    .map((name) => AWS_MANAGED_POLICIES.get(`arn:aws:iam::aws:policy/${name}`)?.document ?? "");
  const own = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::photos/${aws:PrincipalTag/team}/*", Condition: { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"] } } },
  });
  const policies: PolicySet = { identity: [...documents, own].map((document) => ({ name: "p", policy: compilePolicy(document) })), resourceKind: "resource" };
  const caller: Caller = { kind: "role-session", account: "123456789012", arn: "arn:aws:sts::123456789012:assumed-role/r/s", roleArn: "arn:aws:iam::123456789012:role/r", uniqueId: "AROAX" };
  const context = contextOf({ "aws:PrincipalTag/team": "blue", "aws:SourceIp": "127.0.0.1" });
  const ask = () => evaluate({ caller, action: "s3:PutObject", resource: "arn:aws:s3:::photos/blue/b.jpg", resourceAccount: "123456789012", context }, policies);
  expect(ask()).toMatchObject({ decision: "allow" });
  const started = performance.now();
  for (let round = 0; round < ROUNDS; round++) ask();
  expect(((performance.now() - started) / ROUNDS) * 1000).toBeLessThan(BOUND_US);
});
