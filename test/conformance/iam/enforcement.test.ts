import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttachRolePolicyCommand, CreateAccessKeyCommand, CreatePolicyCommand, CreatePolicyVersionCommand, CreateRoleCommand, CreateUserCommand, DeleteRoleCommand, DeleteRolePolicyCommand,
  DeleteUserCommand, DeleteUserPolicyCommand, GetRoleCommand, GetUserCommand, IAMClient, ListRolesCommand, ListUsersCommand, PutRolePermissionsBoundaryCommand, PutRolePolicyCommand, PutUserPolicyCommand,
  TagUserCommand, UpdateAccessKeyCommand, UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient, type Credentials } from "@aws-sdk/client-sts";
import { describe, expect, test } from "vitest";
import { startCloud, type TestCloud } from "../../support/cloud.ts";

const ACCOUNT = "000000000000";
const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource = "*", more: object = {}): object => ({ Effect: "Allow", Action, Resource, ...more });
const trust = (Principal: object, more: object = {}): string => policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more });

async function createUser(cloud: TestCloud, UserName: string, document?: string) {
  const iam = new IAMClient(cloud.client);
  await iam.send(new CreateUserCommand({ UserName }));
  if (document !== undefined) await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "inline", PolicyDocument: document }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const keys = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  return { keys, iam: new IAMClient({ ...cloud.client, credentials: keys }), sts: new STSClient({ ...cloud.client, credentials: keys }) };
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "sagebrush-iam-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const as = (cloud: TestCloud, given: Credentials | undefined) => ({
  ...cloud.client,
  credentials: { accessKeyId: given?.AccessKeyId ?? "", secretAccessKey: given?.SecretAccessKey ?? "", sessionToken: given?.SessionToken ?? "" },
});

const refusal = (action: string, resource: string, why: string, user = `arn:aws:iam::${ACCOUNT}:user/ann`): object => ({
  name: "AccessDenied", $metadata: expect.objectContaining({ httpStatusCode: 403 }),
  message: `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
});

describe("a user", () => {
  test("may do nothing until a policy allows it, and the change acts at once", async () => {
    await using cloud = await startCloud();
    const root = new IAMClient(cloud.client);
    const ann = await createUser(cloud, "ann");
    await expect(ann.iam.send(new ListUsersCommand({}))).rejects.toMatchObject(
      refusal("iam:ListUsers", `arn:aws:iam::${ACCOUNT}:user/`, "because no identity-based policy allows the iam:ListUsers action"));
    await root.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument: policy(allow("iam:ListUsers")) }));
    expect((await ann.iam.send(new ListUsersCommand({}))).Users).toHaveLength(1);
    await root.send(new DeleteUserPolicyCommand({ UserName: "ann", PolicyName: "p" }));
    await expect(ann.iam.send(new ListUsersCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("is known by STS whatever its policies say", async () => {
    await using cloud = await startCloud();
    const ann = await createUser(cloud, "ann");
    expect(await ann.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/ann`, UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/) });
  });

  test("meets an explicit deny", async () => {
    await using cloud = await startCloud();
    const ann = await createUser(cloud, "ann", policy(allow("iam:*"), { Effect: "Deny", Action: "iam:GetUser", Resource: "*" }));
    await expect(ann.iam.send(new GetUserCommand({ UserName: "ann" }))).rejects.toMatchObject(
      refusal("iam:GetUser", `arn:aws:iam::${ACCOUNT}:user/ann`, "with an explicit deny in an identity-based policy"));
  });

  test("is recognised by name, tags and region in its policies", async () => {
    await using cloud = await startCloud();
    const root = new IAMClient(cloud.client);
    const ann = await createUser(cloud, "ann", policy(
      allow("iam:GetUser", `arn:aws:iam::${ACCOUNT}:user/\${aws:username}`),
      allow("iam:ListRoles", "*", { Condition: { StringEquals: { "aws:PrincipalTag/team": "blue", "aws:RequestedRegion": "us-east-1" }, Bool: { "aws:ViaAWSService": "false" } } }),
    ));
    await createUser(cloud, "bob");
    expect((await ann.iam.send(new GetUserCommand({}))).User?.UserName).toBe("ann");
    await expect(ann.iam.send(new GetUserCommand({ UserName: "bob" }))).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(ann.iam.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
    await root.send(new TagUserCommand({ UserName: "ann", Tags: [{ Key: "team", Value: "blue" }] }));
    await ann.iam.send(new ListRolesCommand({}));
  });

  test("is not let in by a key put out of use", async () => {
    await using cloud = await startCloud();
    const ann = await createUser(cloud, "ann");
    await new IAMClient(cloud.client).send(new UpdateAccessKeyCommand({ UserName: "ann", AccessKeyId: ann.keys.accessKeyId, Status: "Inactive" }));
    await expect(ann.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: "InvalidClientTokenId" });
  });

  test("with a session token acts as itself, but not at IAM", async () => {
    await using cloud = await startCloud();
    const ann = await createUser(cloud, "ann", policy(allow("*")));
    const { Credentials } = await ann.sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    expect(await new STSClient(as(cloud, Credentials)).send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: `arn:aws:iam::${ACCOUNT}:user/ann` });
    await expect(new IAMClient(as(cloud, Credentials)).send(new ListUsersCommand({}))).rejects.toMatchObject({ name: "InvalidClientTokenId" });
    await expect(new STSClient(as(cloud, Credentials)).send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: "AccessDenied", message: "Cannot call GetSessionToken with session credentials" });
    cloud.clock.advance(901_000);
    await expect(new STSClient({ ...as(cloud, Credentials), systemClockOffset: 901_000 }).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: "ExpiredToken" });
  });
});

describe("a role", () => {
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/reader`;
  const mayAssume = policy(allow("sts:AssumeRole"));
  async function withRole(cloud: TestCloud, trustPolicy: string, document?: string): Promise<IAMClient> {
    const root = new IAMClient(cloud.client);
    await root.send(new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument: trustPolicy }));
    if (document !== undefined) await root.send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "inline", PolicyDocument: document }));
    return root;
  }
  const assume = (sts: STSClient, more: object = {}) => sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "s1", ...more }));

  test("is assumed by whom it trusts, and acts with its own policies", async () => {
    await using cloud = await startCloud();
    const root = await withRole(cloud, trust({ AWS: ACCOUNT }));
    const ann = await createUser(cloud, "ann", mayAssume);
    const { Credentials, AssumedRoleUser } = await assume(ann.sts);
    expect(AssumedRoleUser).toEqual({ Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/reader/s1`, AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:s1$/) });
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/);
    const session = new IAMClient(as(cloud, Credentials));
    const denied = (why: string): object => refusal("iam:GetRole", RoleArn, why, AssumedRoleUser?.Arn);
    const get = () => session.send(new GetRoleCommand({ RoleName: "reader" }));
    await expect(get()).rejects.toMatchObject(denied("because no identity-based policy allows the iam:GetRole action"));
    await root.send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "p", PolicyDocument: policy(allow("iam:GetRole", RoleArn)) }));
    expect((await get()).Role?.Arn).toBe(RoleArn);

    const { Policy } = await root.send(new CreatePolicyCommand({ PolicyName: "boundary", PolicyDocument: policy(allow("s3:*")) }));
    await root.send(new PutRolePermissionsBoundaryCommand({ RoleName: "reader", PermissionsBoundary: Policy?.Arn }));
    await expect(get()).rejects.toMatchObject(denied("because no permissions boundary allows the iam:GetRole action"));
    await root.send(new CreatePolicyVersionCommand({ PolicyArn: Policy?.Arn, PolicyDocument: policy(allow("*")), SetAsDefault: true }));
    await get();
    await root.send(new DeleteRolePolicyCommand({ RoleName: "reader", PolicyName: "p" }));
    await root.send(new AttachRolePolicyCommand({ RoleName: "reader", PolicyArn: "arn:aws:iam::aws:policy/IAMFullAccess" }));
    await get();
  });

  test("is narrowed by the policies passed for the session", async () => {
    await using cloud = await startCloud();
    await withRole(cloud, trust({ AWS: ACCOUNT }), policy(allow("iam:*")));
    const ann = await createUser(cloud, "ann", mayAssume);
    const { Credentials, PackedPolicySize } = await assume(ann.sts, { Policy: policy(allow("iam:GetRole")) });
    expect(PackedPolicySize).toBeGreaterThan(0);
    const session = new IAMClient(as(cloud, Credentials));
    await session.send(new GetRoleCommand({ RoleName: "reader" }));
    await expect(session.send(new ListRolesCommand({}))).rejects.toMatchObject({ message: expect.stringMatching(/because no session policy allows the iam:ListRoles action$/) });
    const managed = await assume(ann.sts, { PolicyArns: [{ arn: "arn:aws:iam::aws:policy/AmazonS3FullAccess" }] });
    await expect(new IAMClient(as(cloud, managed.Credentials)).send(new ListRolesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(assume(ann.sts, { Policy: "{" })).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message: "Syntax errors in policy." });
  });

  test("refuses whom it does not trust, and does not say whether it exists", async () => {
    await using cloud = await startCloud();
    await withRole(cloud, trust({ Service: "lambda.amazonaws.com" }));
    const ann = await createUser(cloud, "ann", mayAssume);
    const sentence = (arn: string): object => ({ name: "AccessDenied", message: `User: arn:aws:iam::${ACCOUNT}:user/ann is not authorized to perform: sts:AssumeRole on resource: ${arn}` });
    await expect(assume(ann.sts)).rejects.toMatchObject(sentence(RoleArn));
    await expect(assume(ann.sts, { RoleArn: `${RoleArn}s` })).rejects.toMatchObject(sentence(`${RoleArn}s`));
    await expect(assume(new STSClient(cloud.client))).rejects.toMatchObject({ name: "AccessDenied", message: "Roles may not be assumed by root accounts." });
  });

  test("asks for the external id of its trust policy", async () => {
    await using cloud = await startCloud();
    const ann = await createUser(cloud, "ann", mayAssume);
    await withRole(cloud, trust({ AWS: `arn:aws:iam::${ACCOUNT}:user/ann` }, { Condition: { StringEquals: { "sts:ExternalId": "42" } } }));
    await expect(assume(ann.sts)).rejects.toMatchObject({ name: "AccessDenied" });
    await assume(ann.sts, { ExternalId: "42" });
  });

  test("bounds how long its sessions last, and they end", async () => {
    await using cloud = await startCloud();
    await withRole(cloud, trust({ AWS: ACCOUNT }));
    const ann = await createUser(cloud, "ann", mayAssume);
    await expect(assume(ann.sts, { DurationSeconds: 3601 })).rejects.toMatchObject({ name: "ValidationError", message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role." });
    const { Credentials } = await assume(ann.sts, { DurationSeconds: 900 });
    await new STSClient(as(cloud, Credentials)).send(new GetCallerIdentityCommand({}));
    cloud.clock.advance(901_000);
    await expect(new STSClient({ ...as(cloud, Credentials), systemClockOffset: 901_000 }).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: "ExpiredToken" });
  });

  test("chained from another role lasts an hour at most and inherits transitive tags", async () => {
    await using cloud = await startCloud();
    const root = await withRole(cloud, policy({ Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: ["sts:AssumeRole", "sts:TagSession"] }), policy(allow(["sts:AssumeRole", "sts:TagSession"])));
    const SecondArn = `arn:aws:iam::${ACCOUNT}:role/second`;
    await root.send(new CreateRoleCommand({ RoleName: "second", MaxSessionDuration: 7200, AssumeRolePolicyDocument: policy({ Effect: "Allow", Principal: { AWS: RoleArn }, Action: ["sts:AssumeRole", "sts:TagSession"] }) }));
    await root.send(new PutRolePolicyCommand({ RoleName: "second", PolicyName: "p", PolicyDocument: policy(allow("iam:ListRoles", "*", { Condition: { StringEquals: { "aws:PrincipalTag/team": "blue" } } })) }));
    const ann = await createUser(cloud, "ann", policy(allow(["sts:AssumeRole", "sts:TagSession"])));
    const first = await assume(ann.sts, { Tags: [{ Key: "team", Value: "blue" }], TransitiveTagKeys: ["team"] });
    const chained = new STSClient(as(cloud, first.Credentials));
    await expect(assume(chained, { RoleArn: SecondArn, DurationSeconds: 7200 })).rejects.toMatchObject({
      name: "ValidationError", message: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    });
    const second = await assume(chained, { RoleArn: SecondArn });
    await new IAMClient(as(cloud, second.Credentials)).send(new ListRolesCommand({}));
    const untagged = await assume(ann.sts);
    const plain = await assume(new STSClient(as(cloud, untagged.Credentials)), { RoleArn: SecondArn });
    await expect(new IAMClient(as(cloud, plain.Credentials)).send(new ListRolesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("made again under the same name does not serve the sessions of the one before", async () => {
    await using cloud = await startCloud();
    const root = await withRole(cloud, trust({ AWS: ACCOUNT }));
    const ann = await createUser(cloud, "ann", mayAssume);
    const { Credentials } = await assume(ann.sts);
    await root.send(new DeleteRoleCommand({ RoleName: "reader" }));
    await withRole(cloud, trust({ AWS: ACCOUNT }), policy(allow("*")));
    await expect(new IAMClient(as(cloud, Credentials)).send(new ListRolesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("that trusts a user does not trust a later namesake", async () => {
    await using cloud = await startCloud();
    const root = new IAMClient(cloud.client);
    const arn = `arn:aws:iam::${ACCOUNT}:user/gone`;
    await expect(withRole(cloud, trust({ AWS: arn }))).rejects.toMatchObject({ name: "MalformedPolicyDocumentException", message: `Invalid principal in policy: "AWS":"${arn}"` });
    const { User } = await root.send(new CreateUserCommand({ UserName: "gone" }));
    await withRole(cloud, trust({ AWS: arn }));
    await root.send(new DeleteUserCommand({ UserName: "gone" }));
    const gone = await createUser(cloud, "gone", mayAssume);
    await expect(assume(gone.sts)).rejects.toMatchObject({ name: "AccessDenied" });
    const { Role } = await root.send(new GetRoleCommand({ RoleName: "reader" }));
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toContain(`"AWS":"${User?.UserId}"`);
    await root.send(new UpdateAssumeRolePolicyCommand({ RoleName: "reader", PolicyDocument: trust({ AWS: arn }) }));
    await assume(gone.sts);
  });
});

test("policies, keys and sessions outlive the server", async () => {
  await using folder = await temporaryFolder();
  const first = await startCloud({ data: folder.path });
  const ann = await createUser(first, "ann", policy(allow("iam:ListUsers")));
  const { Credentials } = await ann.sts.send(new GetSessionTokenCommand({}));
  await first.stop();
  await using second = await startCloud({ data: folder.path });
  await new IAMClient({ ...second.client, credentials: ann.keys }).send(new ListUsersCommand({}));
  expect(await new STSClient(as(second, Credentials)).send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: `arn:aws:iam::${ACCOUNT}:user/ann` });
});
