import {
  AttachRolePolicyCommand, AttachUserPolicyCommand, CreatePolicyCommand, CreatePolicyVersionCommand, CreateRoleCommand, CreateUserCommand, DeletePolicyCommand, DeletePolicyVersionCommand,
  DetachRolePolicyCommand, DetachUserPolicyCommand, GetAccountSummaryCommand, GetPolicyCommand, GetPolicyVersionCommand, ListEntitiesForPolicyCommand, ListPoliciesCommand, ListPolicyTagsCommand,
  ListPolicyVersionsCommand, SetDefaultPolicyVersionCommand, TagPolicyCommand,
} from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { AWS_MANAGED_POLICIES } from "../../../src/catalogue/managed-policies/index.ts";
import { checkPolicyDocument } from "../../../src/decide/iam/index.ts";
import { ACCOUNT, policy, READ, startIam, TRUST } from "./support.ts";

const Arn = `arn:aws:iam::${ACCOUNT}:policy/read`;

test("a managed policy is made, described and refused a second time", async () => {
  await using cloud = await startIam();
  const { Policy } = await cloud.iam.send(new CreatePolicyCommand({ PolicyName: "read", PolicyDocument: READ, Description: "reads" }));
  expect(Policy).toMatchObject({ PolicyName: "read", Arn, PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/), DefaultVersionId: "v1", AttachmentCount: 0, PermissionsBoundaryUsageCount: 0, IsAttachable: true, Description: "reads" });
  await expect(cloud.iam.send(new CreatePolicyCommand({ PolicyName: "read", PolicyDocument: READ }))).rejects.toMatchObject({ name: "EntityAlreadyExistsException", message: "A policy called read already exists. Duplicate names are not allowed." });
  await expect(cloud.iam.send(new CreatePolicyCommand({ PolicyName: "bad", PolicyDocument: READ.replace("2012-10-17", "2008-10-17") }))).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message: "Policy document must be version 2012-10-17 or greater." });
  const long = policy({ Effect: "Allow", Action: Array.from({ length: 400 }, (_, at) => `s3:GetObjectNumber${at}`), Resource: "*" });
  await expect(cloud.iam.send(new CreatePolicyCommand({ PolicyName: "long", PolicyDocument: long }))).rejects.toMatchObject({ name: "LimitExceededException", message: "Cannot exceed quota for PolicySize: 6144" });
  await expect(cloud.iam.send(new GetPolicyCommand({ PolicyArn: `${Arn}er` }))).rejects.toMatchObject({ name: "NoSuchEntityException", message: `Policy ${Arn}er was not found.` });
  await cloud.iam.send(new TagPolicyCommand({ PolicyArn: Arn, Tags: [{ Key: "a", Value: "b" }] }));
  expect((await cloud.iam.send(new ListPolicyTagsCommand({ PolicyArn: Arn }))).Tags).toEqual([{ Key: "a", Value: "b" }]);
});

test("a policy has five versions at most; the default one decides and cannot be deleted", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreatePolicyCommand({ PolicyName: "read", PolicyDocument: READ }));
  const second = READ.replace("photos", "pictures");
  for (let version = 2; version <= 5; version++) {
    const { PolicyVersion } = await cloud.iam.send(new CreatePolicyVersionCommand({ PolicyArn: Arn, PolicyDocument: second, SetAsDefault: version === 3 }));
    expect(PolicyVersion).toMatchObject({ VersionId: `v${version}`, IsDefaultVersion: version === 3 });
  }
  await expect(cloud.iam.send(new CreatePolicyVersionCommand({ PolicyArn: Arn, PolicyDocument: READ }))).rejects.toMatchObject({
    name: "LimitExceededException", message: "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
  });
  expect((await cloud.iam.send(new ListPolicyVersionsCommand({ PolicyArn: Arn }))).Versions?.map(({ VersionId }) => VersionId)).toEqual(["v5", "v4", "v3", "v2", "v1"]);
  await expect(cloud.iam.send(new DeletePolicyVersionCommand({ PolicyArn: Arn, VersionId: "v3" }))).rejects.toMatchObject({ name: "DeleteConflictException", message: "Cannot delete the default version of a policy." });
  await cloud.iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn: Arn, VersionId: "v1" }));
  expect((await cloud.iam.send(new GetPolicyCommand({ PolicyArn: Arn }))).Policy?.DefaultVersionId).toBe("v1");
  await cloud.iam.send(new DeletePolicyVersionCommand({ PolicyArn: Arn, VersionId: "v3" }));
  const next = await cloud.iam.send(new CreatePolicyVersionCommand({ PolicyArn: Arn, PolicyDocument: second }));
  expect(next.PolicyVersion?.VersionId).toBe("v6");
  const { PolicyVersion } = await cloud.iam.send(new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: "v6" }));
  expect(decodeURIComponent(PolicyVersion?.Document ?? "")).toBe(second);
  await expect(cloud.iam.send(new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: "v9" }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
  await expect(cloud.iam.send(new DeletePolicyCommand({ PolicyArn: Arn }))).rejects.toMatchObject({ name: "DeleteConflictException", message: expect.stringContaining("This policy has more than one version.") });
});

test("a policy tells who has it, and stays while somebody does", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreatePolicyCommand({ PolicyName: "read", PolicyDocument: READ }));
  const { User } = await cloud.iam.send(new CreateUserCommand({ UserName: "ann" }));
  const { Role } = await cloud.iam.send(new CreateRoleCommand({ RoleName: "runner", AssumeRolePolicyDocument: TRUST }));
  await cloud.iam.send(new AttachUserPolicyCommand({ UserName: "ann", PolicyArn: Arn }));
  await cloud.iam.send(new AttachRolePolicyCommand({ RoleName: "runner", PolicyArn: Arn }));
  expect(await cloud.iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: Arn }))).toMatchObject({
    PolicyUsers: [{ UserName: "ann", UserId: User?.UserId }], PolicyRoles: [{ RoleName: "runner", RoleId: Role?.RoleId }], PolicyGroups: [], IsTruncated: false,
  });
  expect(await cloud.iam.send(new ListEntitiesForPolicyCommand({ PolicyArn: Arn, EntityFilter: "Role" }))).toMatchObject({ PolicyUsers: [], PolicyRoles: [{ RoleName: "runner" }] });
  expect((await cloud.iam.send(new GetPolicyCommand({ PolicyArn: Arn }))).Policy?.AttachmentCount).toBe(2);
  await expect(cloud.iam.send(new DeletePolicyCommand({ PolicyArn: Arn }))).rejects.toMatchObject({ name: "DeleteConflictException", message: "Cannot delete a policy attached to entities." });
  await cloud.iam.send(new DetachUserPolicyCommand({ UserName: "ann", PolicyArn: Arn }));
  await cloud.iam.send(new DetachRolePolicyCommand({ RoleName: "runner", PolicyArn: Arn }));
  await cloud.iam.send(new DeletePolicyCommand({ PolicyArn: Arn }));
  expect((await cloud.iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies).toEqual([]);
});

test("AWS's own policies are there, can be read and not changed", async () => {
  await using cloud = await startIam();
  const listed = await cloud.iam.send(new ListPoliciesCommand({ Scope: "AWS" }));
  expect(listed.Policies?.map((each) => each.Arn)).toEqual([...AWS_MANAGED_POLICIES.keys()].sort());
  const PolicyArn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess";
  const { Policy } = await cloud.iam.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await cloud.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }));
  expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ""))).toMatchObject({ Statement: expect.arrayContaining([expect.objectContaining({ Sid: "AllowPassRoleToSageMaker" })]) });
  await expect(cloud.iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({ name: "AccessDenied" });
});

test("AWS's own policies are well formed", () => {
  for (const { document, name } of AWS_MANAGED_POLICIES.values()) expect([name, checkPolicyDocument(document, "managed")]).toEqual([name, undefined]);
});

test("the account's summary counts what there is", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreateUserCommand({ UserName: "ann" }));
  expect((await cloud.iam.send(new GetAccountSummaryCommand({}))).SummaryMap).toMatchObject({ Users: 1, Roles: 0, AccessKeysPerUserQuota: 2, VersionsPerPolicyQuota: 5 });
});
