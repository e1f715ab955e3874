import {
  AddRoleToInstanceProfileCommand, AttachRolePolicyCommand, CreateInstanceProfileCommand, CreateRoleCommand, DeleteInstanceProfileCommand, DeleteRoleCommand, DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand, DetachRolePolicyCommand, GetInstanceProfileCommand, GetRoleCommand, GetRolePolicyCommand, ListAttachedRolePoliciesCommand, ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand, ListRolesCommand, PutRolePermissionsBoundaryCommand, PutRolePolicyCommand, RemoveRoleFromInstanceProfileCommand, TagRoleCommand, UpdateAssumeRolePolicyCommand, UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { ACCOUNT, policy, READ, startIam, TRUST } from "./support.ts";

const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

test("a role is described with its trust policy, URL-encoded", async () => {
  await using cloud = await startIam();
  const { Role } = await cloud.iam.send(new CreateRoleCommand({
    RoleName: "runner", Path: "/service-role/", AssumeRolePolicyDocument: TRUST, Description: "runs", MaxSessionDuration: 7200, Tags: [{ Key: "a", Value: "b" }],
  }));
  expect(Role).toMatchObject({
    RoleName: "runner", Arn: `arn:aws:iam::${ACCOUNT}:role/service-role/runner`, RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/), Description: "runs", MaxSessionDuration: 7200, Tags: [{ Key: "a", Value: "b" }],
    AssumeRolePolicyDocument: expect.stringMatching(/^%7B%22Version%22%3A%222012-10-17%22/),
  });
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(TRUST);
  expect((await cloud.iam.send(new GetRoleCommand({ RoleName: "runner" }))).Role).toEqual(Role);
  const [listed] = (await cloud.iam.send(new ListRolesCommand({}))).Roles ?? [];
  expect(listed).toMatchObject({ RoleName: "runner" });
  expect(listed?.Tags).toBeUndefined();
});

test("a role's settings and trust change", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument: TRUST, MaxSessionDuration: 7200 }));
  await cloud.iam.send(new UpdateRoleCommand({ RoleName: "runner", Description: "changed" }));
  const trust = TRUST.replace("lambda", "sagemaker");
  await cloud.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "runner", PolicyDocument: trust }));
  const { Role } = await cloud.iam.send(new GetRoleCommand({ RoleName: "runner" }));
  expect(Role).toMatchObject({ Description: "changed", MaxSessionDuration: 3600, AssumeRolePolicyDocument: encodeURIComponent(trust) });
  await expect(cloud.iam.send(new TagRoleCommand({ RoleName: "walker", Tags: [] }))).rejects.toMatchObject({ message: "The role with name walker cannot be found." });
});

test.each([
  ["{", "This policy contains invalid Json"],
  [READ, "Has prohibited field Resource"],
  [policy({ Effect: "Allow", Action: "sts:AssumeRole" }), "Missing required field Principal"],
  [policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "s3:GetObject" }), "AssumeRole policy may only specify STS AssumeRole actions."],
])("the trust policy %s is refused", async (AssumeRolePolicyDocument, message) => {
  await using cloud = await startIam();
  await expect(cloud.iam.send(new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument }))).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message });
});

test("input is held to AWS's constraints before it is looked at", async () => {
  await using cloud = await startIam();
  await expect(cloud.iam.send(new CreateRoleCommand({ RoleName: "has space", AssumeRolePolicyDocument: TRUST }))).rejects.toMatchObject({ name: "ValidationError", message: expect.stringContaining("The specified value for roleName is invalid") });
});

test("inline policies are put, given back as they were, listed and deleted", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument: TRUST }));
  const document = JSON.stringify(JSON.parse(READ), undefined, 2);
  await cloud.iam.send(new PutRolePolicyCommand({ RoleName: "runner", PolicyName: "read", PolicyDocument: document }));
  const found = await cloud.iam.send(new GetRolePolicyCommand({ RoleName: "runner", PolicyName: "read" }));
  expect(decodeURIComponent(found.PolicyDocument ?? "")).toBe(document);
  expect(found.PolicyDocument).toContain("%2A");
  expect((await cloud.iam.send(new ListRolePoliciesCommand({ RoleName: "runner" }))).PolicyNames).toEqual(["read"]);
  await expect(cloud.iam.send(new PutRolePolicyCommand({ RoleName: "runner", PolicyName: "bad", PolicyDocument: "nonsense" }))).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message: "Syntax errors in policy." });
  const long = policy({ Effect: "Allow", Action: Array.from({ length: 600 }, (_, at) => `s3:GetObjectNumber${at}`), Resource: "*" });
  await expect(cloud.iam.send(new PutRolePolicyCommand({ RoleName: "runner", PolicyName: "long", PolicyDocument: long }))).rejects.toMatchObject({ name: "LimitExceededException", message: "Maximum policy size of 10240 bytes exceeded for role runner" });
  await expect(cloud.iam.send(new DeleteRoleCommand({ RoleName: "runner" }))).rejects.toMatchObject({ name: "DeleteConflictException", message: "Cannot delete entity, must delete policies first." });
  await cloud.iam.send(new DeleteRolePolicyCommand({ RoleName: "runner", PolicyName: "read" }));
  for (const PolicyName of ["constructor", "__proto__"]) {
    await expect(cloud.iam.send(new GetRolePolicyCommand({ RoleName: "runner", PolicyName }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
    await expect(cloud.iam.send(new DeleteRolePolicyCommand({ RoleName: "runner", PolicyName }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
  }
  await expect(cloud.iam.send(new GetRolePolicyCommand({ RoleName: "runner", PolicyName: "read" }))).rejects.toMatchObject({ name: "NoSuchEntityException", message: "The role policy with name read cannot be found." });
  await cloud.iam.send(new DeleteRoleCommand({ RoleName: "runner" }));
});

test("managed policies are attached once, listed and detached", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument: TRUST }));
  await cloud.iam.send(new AttachRolePolicyCommand({ RoleName: "runner", PolicyArn: BASIC }));
  await cloud.iam.send(new AttachRolePolicyCommand({ RoleName: "runner", PolicyArn: BASIC }));
  expect((await cloud.iam.send(new ListAttachedRolePoliciesCommand({ RoleName: "runner" }))).AttachedPolicies).toEqual([{ PolicyName: "AWSLambdaBasicExecutionRole", PolicyArn: BASIC }]);
  await expect(cloud.iam.send(new AttachRolePolicyCommand({ RoleName: "runner", PolicyArn: "arn:aws:iam::aws:policy/NoSuchPolicy" }))).rejects.toMatchObject({ name: "NoSuchEntityException", message: "Policy arn:aws:iam::aws:policy/NoSuchPolicy does not exist or is not attachable." });
  await expect(cloud.iam.send(new DeleteRoleCommand({ RoleName: "runner" }))).rejects.toMatchObject({ message: "Cannot delete entity, must detach all policies first." });
  await cloud.iam.send(new DetachRolePolicyCommand({ RoleName: "runner", PolicyArn: BASIC }));
  await expect(cloud.iam.send(new DetachRolePolicyCommand({ RoleName: "runner", PolicyArn: BASIC }))).rejects.toMatchObject({ name: "NoSuchEntityException", message: `Policy ${BASIC} was not found.` });
});

test("a permissions boundary is shown and taken away", async () => {
  await using cloud = await startIam();
  const PermissionsBoundary = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
  await cloud.iam.send(new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument: TRUST, PermissionsBoundary }));
  expect((await cloud.iam.send(new GetRoleCommand({ RoleName: "runner" }))).Role?.PermissionsBoundary).toEqual({ PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: PermissionsBoundary });
  await expect(cloud.iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: "runner", PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/none` }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
  await cloud.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "runner" }));
  expect((await cloud.iam.send(new GetRoleCommand({ RoleName: "runner" }))).Role?.PermissionsBoundary).toBeUndefined();
  await expect(cloud.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: "runner" }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
});

test("an instance profile holds one role and keeps it from going", async () => {
  await using cloud = await startIam();
  for (const RoleName of ["runner", "other"]) await cloud.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  await cloud.iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: "profile" }));
  await cloud.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "profile", RoleName: "runner" }));
  await expect(cloud.iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: "profile", RoleName: "other" }))).rejects.toMatchObject({ name: "LimitExceededException", message: "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1" });
  expect((await cloud.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: "profile" }))).InstanceProfile).toMatchObject({ Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/profile`, Roles: [{ RoleName: "runner" }] });
  expect((await cloud.iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: "runner" }))).InstanceProfiles).toHaveLength(1);
  await expect(cloud.iam.send(new DeleteRoleCommand({ RoleName: "runner" }))).rejects.toMatchObject({ message: "Cannot delete entity, must remove roles from instance profile first." });
  await expect(cloud.iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: "profile" }))).rejects.toMatchObject({ name: "DeleteConflictException" });
  await cloud.iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: "profile", RoleName: "runner" }));
  await cloud.iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName: "profile" }));
  await cloud.iam.send(new DeleteRoleCommand({ RoleName: "runner" }));
  await expect(cloud.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: "profile" }))).rejects.toMatchObject({ message: "Instance Profile profile cannot be found." });
});
