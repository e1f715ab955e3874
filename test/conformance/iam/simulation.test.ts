import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, CreateUserCommand, PutRolePermissionsBoundaryCommand, PutRolePolicyCommand, PutUserPolicyCommand, SimulatePrincipalPolicyCommand, type SimulatePrincipalPolicyCommandInput } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { ACCOUNT, policy, startIam, TRUST } from "./support.ts";

const RUNNER = `arn:aws:iam::${ACCOUNT}:role/runner`;

async function withRunner() {
  const cloud = await startIam();
  await cloud.iam.send(new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument: TRUST }));
  await cloud.iam.send(new PutRolePolicyCommand({
    RoleName: "runner", PolicyName: "work",
    PolicyDocument: policy({ Effect: "Allow", Action: "s3:Get*", Resource: "arn:aws:s3:::pictures/*" }, { Effect: "Deny", Action: "s3:GetObject", Resource: "arn:aws:s3:::pictures/secret/*" }),
  }));
  const simulate = async (ActionNames: string[], more: Partial<SimulatePrincipalPolicyCommandInput> = {}) => (await cloud.iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: RUNNER, ActionNames, ...more }))).EvaluationResults ?? [];
  return { cloud, simulate };
}

test("each action is decided for each resource, with the policy that decided", async () => {
  const { cloud, simulate } = await withRunner();
  await using _ = cloud;
  const open = "arn:aws:s3:::pictures/beagle.jpg", secret = "arn:aws:s3:::pictures/secret/pug.jpg";
  const results = await simulate(["s3:GetObject", "s3:PutObject"], { ResourceArns: [open, secret] });
  expect(results.map(({ EvalActionName, EvalResourceName, EvalDecision, MatchedStatements }) => [EvalActionName, EvalResourceName, EvalDecision, MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId)])).toEqual([
    ["s3:GetObject", open, "allowed", ["work"]], ["s3:GetObject", secret, "explicitDeny", ["work"]], ["s3:PutObject", open, "implicitDeny", []], ["s3:PutObject", secret, "implicitDeny", []],
  ]);
  // Without resources it is asked about all of them, which a policy about some does not allow.
  expect(await simulate(["s3:GetObject"])).toMatchObject([{ EvalResourceName: "*", EvalDecision: "implicitDeny" }]);
});

test("managed and given policies, boundaries and condition keys have their say", async () => {
  const { cloud, simulate } = await withRunner();
  await using _ = cloud;
  await cloud.iam.send(new AttachRolePolicyCommand({ RoleName: "runner", PolicyArn: "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess" }));
  expect(await simulate(["sagemaker:CreateTrainingJob"])).toMatchObject([{ EvalDecision: "allowed", MatchedStatements: [{ SourcePolicyId: "AmazonSageMakerFullAccess" }] }]);
  const conditional = policy({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*", Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } });
  const ask = { PolicyInputList: [conditional] };
  expect(await simulate(["dynamodb:GetItem"], { ...ask, ResourceArns: ["arn:aws:dynamodb:us-east-1:000000000000:table/mine"] })).toMatchObject([{ EvalDecision: "implicitDeny", MissingContextValues: ["aws:requestedregion"] }]);
  const ContextEntries = [{ ContextKeyName: "aws:RequestedRegion", ContextKeyValues: ["us-east-1"], ContextKeyType: "string" as const }];
  expect(await simulate(["dynamodb:GetItem"], { ...ask, ContextEntries, ResourceArns: ["arn:aws:dynamodb:us-east-1:000000000000:table/mine"] })).toMatchObject([{ EvalDecision: "allowed", MissingContextValues: [], MatchedStatements: [{ SourcePolicyId: "PolicyInputList.1" }] }]);
  const { Policy } = await cloud.iam.send(new CreatePolicyCommand({ PolicyName: "limit", PolicyDocument: policy({ Effect: "Allow", Action: "s3:*", Resource: "*" }) }));
  await cloud.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: "runner", PermissionsBoundary: Policy?.Arn }));
  expect(await simulate(["sagemaker:CreateTrainingJob"])).toMatchObject([{ EvalDecision: "implicitDeny", PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } }]);
});

test("users are simulated, results are paged, and what is not there or not built is refused by name", async () => {
  const { cloud, simulate } = await withRunner();
  await using _ = cloud;
  await cloud.iam.send(new CreateUserCommand({ UserName: "ana" }));
  await cloud.iam.send(new PutUserPolicyCommand({ UserName: "ana", PolicyName: "all", PolicyDocument: policy({ Effect: "Allow", Action: "*", Resource: "*" }) }));
  const first = await cloud.iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: `arn:aws:iam::${ACCOUNT}:user/ana`, ActionNames: ["s3:GetObject", "iam:GetRole", "logs:GetLogEvents"], MaxItems: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, EvaluationResults: [{ EvalActionName: "s3:GetObject", EvalDecision: "allowed" }, { EvalActionName: "iam:GetRole" }] });
  const second = await cloud.iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: `arn:aws:iam::${ACCOUNT}:user/ana`, ActionNames: ["s3:GetObject", "iam:GetRole", "logs:GetLogEvents"], MaxItems: 2, Marker: first.Marker }));
  expect(second).toMatchObject({ IsTruncated: false, EvaluationResults: [{ EvalActionName: "logs:GetLogEvents" }] });
  await expect(simulate(["s3:GetObject"], { PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/nobody` })).rejects.toMatchObject({ message: "The role with name nobody cannot be found." });
  await expect(simulate(["s3:GetObject"], { PolicySourceArn: "arn:aws:s3:::pictures" })).rejects.toMatchObject({ message: "ARN arn:aws:s3:::pictures is not valid." });
  await expect(simulate(["s3:GetObject"], { ResourceOwner: ACCOUNT })).rejects.toMatchObject({ name: "ValidationError", message: "ResourceOwner is not supported by Sagebrush yet." });
  await expect(simulate(["s3:GetObject"], { PolicyInputList: ["{"] })).rejects.toMatchObject({ message: "Syntax errors in policy." });
});
