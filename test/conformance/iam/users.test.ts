import {
  AddUserToGroupCommand, AttachGroupPolicyCommand, CreateAccessKeyCommand, CreateGroupCommand, CreateUserCommand, DeleteAccessKeyCommand, DeleteGroupCommand, DeleteUserCommand, DeleteUserPolicyCommand,
  DetachGroupPolicyCommand, GetGroupCommand, GetUserCommand, IAMClient, ListAccessKeysCommand, ListGroupsForUserCommand, ListUsersCommand, ListUserTagsCommand, paginateListUsers, PutUserPolicyCommand,
  RemoveUserFromGroupCommand, TagUserCommand, UntagUserCommand, UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { ACCOUNT, READ, startIam } from "./support.ts";

test("a user has an ARN with its path, an id of its own, and a date", async () => {
  await using cloud = await startIam();
  const { User } = await cloud.iam.send(new CreateUserCommand({ UserName: "Ann", Path: "/team/blue/", Tags: [{ Key: "team", Value: "blue" }] }));
  expect(User).toMatchObject({ UserName: "Ann", Path: "/team/blue/", Arn: `arn:aws:iam::${ACCOUNT}:user/team/blue/Ann`, UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/), Tags: [{ Key: "team", Value: "blue" }] });
  expect(Math.abs(Date.now() - (User?.CreateDate?.getTime() ?? 0))).toBeLessThan(60_000);
  expect((await cloud.iam.send(new GetUserCommand({ UserName: "Ann" }))).User).toEqual(User);
  expect((await cloud.iam.send(new ListUsersCommand({ PathPrefix: "/team/" }))).Users).toHaveLength(1);
  expect((await cloud.iam.send(new ListUsersCommand({ PathPrefix: "/other/" }))).Users).toEqual([]);
});

test("names are unique without regard to case", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreateUserCommand({ UserName: "ann" }));
  await expect(cloud.iam.send(new CreateUserCommand({ UserName: "ANN" }))).rejects.toMatchObject({ name: "EntityAlreadyExistsException", message: "User with name ANN already exists.", $metadata: { httpStatusCode: 409 } });
  await expect(cloud.iam.send(new GetUserCommand({ UserName: "bob" }))).rejects.toMatchObject({ name: "NoSuchEntityException", message: "The user with name bob cannot be found.", $metadata: { httpStatusCode: 404 } });
});

test("lists come in pages in order of name", async () => {
  await using cloud = await startIam();
  for (const UserName of ["e", "a", "d", "b", "c"]) await cloud.iam.send(new CreateUserCommand({ UserName }));
  const pages: (string | undefined)[][] = [];
  for await (const { Users = [] } of paginateListUsers({ client: cloud.iam, pageSize: 2 }, {})) pages.push(Users.map(({ UserName }) => UserName));
  expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  await expect(cloud.iam.send(new ListUsersCommand({ Marker: "nonsense!" }))).rejects.toMatchObject({ name: "ValidationError" });
});

test("a user has two access keys at most, and loses them before it goes", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreateUserCommand({ UserName: "ann" }));
  const keys = [await cloud.iam.send(new CreateAccessKeyCommand({ UserName: "ann" })), await cloud.iam.send(new CreateAccessKeyCommand({ UserName: "ann" }))];
  expect(keys[0]?.AccessKey).toMatchObject({ AccessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/), SecretAccessKey: expect.stringMatching(/^.{40}$/), Status: "Active" });
  await expect(cloud.iam.send(new CreateAccessKeyCommand({ UserName: "ann" }))).rejects.toMatchObject({ name: "LimitExceededException", message: "Cannot exceed quota for AccessKeysPerUser: 2" });
  await expect(cloud.iam.send(new DeleteUserCommand({ UserName: "ann" }))).rejects.toMatchObject({ name: "DeleteConflictException", message: "Cannot delete entity, must delete access keys first." });
  for (const { AccessKey } of keys) await cloud.iam.send(new DeleteAccessKeyCommand({ UserName: "ann", AccessKeyId: AccessKey?.AccessKeyId }));
  expect((await cloud.iam.send(new ListAccessKeysCommand({ UserName: "ann" }))).AccessKeyMetadata).toEqual([]);
  await expect(cloud.iam.send(new DeleteAccessKeyCommand({ UserName: "ann", AccessKeyId: "AKIAIOSFODNN7EXAMPLE" }))).rejects.toMatchObject({ message: "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found." });
  await cloud.iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument: READ }));
  await expect(cloud.iam.send(new DeleteUserCommand({ UserName: "ann" }))).rejects.toMatchObject({ message: "Cannot delete entity, must delete policies first." });
  await cloud.iam.send(new DeleteUserPolicyCommand({ UserName: "ann", PolicyName: "p" }));
  await cloud.iam.send(new DeleteUserCommand({ UserName: "ann" }));
});

test("a renamed user keeps its keys, its id and its policies", async () => {
  await using cloud = await startCloud();
  const iam = new IAMClient(cloud.client);
  const { User } = await iam.send(new CreateUserCommand({ UserName: "ann" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  await iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument: READ.replace("s3:GetObject", "iam:GetUser").replace("arn:aws:s3:::photos/*", "*") }));
  await iam.send(new UpdateUserCommand({ UserName: "ann", NewUserName: "Anna" }));
  const anna = new IAMClient({ ...cloud.client, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" } });
  expect((await anna.send(new GetUserCommand({}))).User).toMatchObject({ UserName: "Anna", UserId: User?.UserId });
  await expect(iam.send(new GetUserCommand({ UserName: "ann" }))).rejects.toMatchObject({ name: "NoSuchEntityException" });
});

test("renaming or moving a user needs the permission on what it becomes, too", async () => {
  await using cloud = await startCloud();
  const iam = new IAMClient(cloud.client);
  for (const [UserName, Path] of [["ann", "/"], ["boss", "/admins/"], ["bob", "/dev/"]] as const) await iam.send(new CreateUserCommand({ UserName, Path }));
  await iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument: READ.replace("s3:GetObject", "iam:UpdateUser").replace("arn:aws:s3:::photos/*", "arn:aws:iam::000000000000:user/dev/*") }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  const ann = new IAMClient({ ...cloud.client, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" } });
  await expect(ann.send(new UpdateUserCommand({ UserName: "bob", NewPath: "/admins/" }))).rejects.toMatchObject({
    message: "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: iam:UpdateUser on resource: arn:aws:iam::000000000000:user/admins/bob because no identity-based policy allows the iam:UpdateUser action",
  });
  await ann.send(new UpdateUserCommand({ UserName: "bob", NewUserName: "Robert", NewPath: "/dev/team/" }));
  expect((await iam.send(new GetUserCommand({ UserName: "Robert" }))).User?.Path).toBe("/dev/team/");
});

test("tags are replaced by key without regard to case", async () => {
  await using cloud = await startIam();
  await cloud.iam.send(new CreateUserCommand({ UserName: "ann" }));
  await cloud.iam.send(new TagUserCommand({ UserName: "ann", Tags: [{ Key: "Team", Value: "blue" }, { Key: "cost", Value: "1" }] }));
  await cloud.iam.send(new TagUserCommand({ UserName: "ann", Tags: [{ Key: "team", Value: "red" }] }));
  expect((await cloud.iam.send(new ListUserTagsCommand({ UserName: "ann" }))).Tags).toEqual([{ Key: "cost", Value: "1" }, { Key: "team", Value: "red" }]);
  await cloud.iam.send(new UntagUserCommand({ UserName: "ann", TagKeys: ["cost"] }));
  expect((await cloud.iam.send(new ListUserTagsCommand({ UserName: "ann" }))).Tags).toEqual([{ Key: "team", Value: "red" }]);
  await expect(cloud.iam.send(new TagUserCommand({ UserName: "ann", Tags: [{ Key: "a", Value: "" }, { Key: "A", Value: "" }] }))).rejects.toMatchObject({ name: "InvalidInputException" });
});

test("members of a group have its policies", async () => {
  await using cloud = await startCloud();
  const iam = new IAMClient(cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "ann" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  const ann = new IAMClient({ ...cloud.client, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" } });
  const PolicyArn = "arn:aws:iam::aws:policy/IAMFullAccess";
  await iam.send(new CreateGroupCommand({ GroupName: "admins" }));
  await iam.send(new AttachGroupPolicyCommand({ GroupName: "admins", PolicyArn }));
  await expect(ann.send(new ListUsersCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  await iam.send(new AddUserToGroupCommand({ GroupName: "admins", UserName: "ann" }));
  expect((await ann.send(new GetGroupCommand({ GroupName: "admins" }))).Users).toMatchObject([{ UserName: "ann" }]);
  expect((await ann.send(new ListGroupsForUserCommand({ UserName: "ann" }))).Groups).toMatchObject([{ GroupName: "admins", Arn: `arn:aws:iam::${ACCOUNT}:group/admins` }]);
  await expect(iam.send(new DeleteGroupCommand({ GroupName: "admins" }))).rejects.toMatchObject({ name: "DeleteConflictException", message: "Cannot delete entity, must remove users from group first." });
  await iam.send(new RemoveUserFromGroupCommand({ GroupName: "admins", UserName: "ann" }));
  await expect(ann.send(new ListUsersCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  await iam.send(new DetachGroupPolicyCommand({ GroupName: "admins", PolicyArn }));
  await iam.send(new DeleteGroupCommand({ GroupName: "admins" }));
});
