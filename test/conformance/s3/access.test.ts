import { CreateAccessKeyCommand, CreateUserCommand, DeleteAccessKeyCommand, DeleteUserCommand, IAMClient, ListAccessKeysCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  CopyObjectCommand, CreateBucketCommand, DeleteObjectsCommand, GetBucketPolicyCommand, GetObjectCommand, HeadObjectCommand, ListBucketsCommand, ListObjectsV2Command,
  PutBucketPolicyCommand, PutObjectCommand, S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, failure, startS3, type S3Test } from "./support.ts";

const ARN = `arn:aws:s3:::${BUCKET}`;
const USER = "arn:aws:iam::000000000000:user/ann";

/** A user's client, who may do what the statements say. */
async function userWith({ cloud }: S3Test, statements: readonly object[]): Promise<S3Client> {
  const iam = new IAMClient(cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "ann" }));
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: "ann" }));
  if (statements.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    await iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "own", PolicyDocument }));
  }
  return new S3Client({ ...cloud.client, credentials: { accessKeyId: key?.AccessKeyId ?? "", secretAccessKey: key?.SecretAccessKey ?? "" } });
}

const allow = (Action: string | string[], Resource: string | string[], more: object = {}): object => ({ Effect: "Allow", Action, Resource, ...more });
const get = (s3: S3Client, Key: string): Promise<unknown> => s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
const put = (s3: S3Client, Key: string): Promise<unknown> => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x" }));

test("a user without permission is denied in S3's words", async () => {
  await using test = await startS3();
  const user = await userWith(test, []);
  expect(await failure(put(user, "key"))).toMatchObject({
    name: "AccessDenied", $metadata: { httpStatusCode: 403 },
    message: `User: ${USER} is not authorized to perform: s3:PutObject on resource: "${ARN}/key" because no identity-based policy allows the s3:PutObject action`,
  });
  expect((await failure(user.send(new ListBucketsCommand({})))).message).toBe(
    `User: ${USER} is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action`,
  );
});

test("a missing key is NoSuchKey only for who may list", async () => {
  await using test = await startS3();
  const reader = await userWith(test, [allow("s3:GetObject", `${ARN}/*`)]);
  await put(test.s3, "there");
  await get(reader, "there");
  expect(await failure(get(reader, "none"))).toMatchObject({
    name: "AccessDenied", message: `User: ${USER} is not authorized to perform: s3:ListBucket on resource: "${ARN}" because no identity-based policy allows the s3:ListBucket action`,
  });
  expect((await failure(reader.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "none" })))).$metadata.httpStatusCode).toBe(403);
});

test("who may list learns that a key is missing", async () => {
  await using test = await startS3();
  const user = await userWith(test, [allow("s3:GetObject", `${ARN}/*`), allow("s3:ListBucket", ARN)]);
  expect((await failure(get(user, "none"))).name).toBe("NoSuchKey");
});

test("a prefix condition opens one folder to list", async () => {
  await using test = await startS3();
  const user = await userWith(test, [allow("s3:ListBucket", ARN, { Condition: { StringLike: { "s3:prefix": ["ann/*"] }, NumericLessThanEquals: { "s3:max-keys": "10" } } })]);
  await user.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: "ann/", MaxKeys: 10 }));
  for (const input of [{ Prefix: "bob/", MaxKeys: 10 }, { MaxKeys: 10 }, { Prefix: "ann/", MaxKeys: 11 }]) {
    expect((await failure(user.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input })))).name).toBe("AccessDenied");
  }
});

test("a copy needs reading its source and writing its target", async () => {
  await using test = await startS3();
  const user = await userWith(test, [allow("s3:GetObject", `${ARN}/in/*`), allow("s3:PutObject", `${ARN}/out/*`)]);
  for (const key of ["in/a", "secret/a"]) await put(test.s3, key);
  const copy = (from: string, to: string): Promise<unknown> => user.send(new CopyObjectCommand({ Bucket: BUCKET, Key: to, CopySource: `${BUCKET}/${from}` }));
  await copy("in/a", "out/a");
  expect((await failure(copy("secret/a", "out/a"))).message).toContain("s3:GetObject");
  expect((await failure(copy("in/a", "in/b"))).message).toContain("s3:PutObject");
});

test("deleting many is decided key by key", async () => {
  await using test = await startS3();
  const user = await userWith(test, [allow("s3:DeleteObject", `${ARN}/mine/*`)]);
  for (const key of ["mine/a", "theirs/a"]) await put(test.s3, key);
  const { Deleted, Errors } = await user.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: [{ Key: "mine/a" }, { Key: "theirs/a" }] } }));
  expect(Deleted).toEqual([{ Key: "mine/a" }]);
  expect(Errors).toMatchObject([{ Key: "theirs/a", Code: "AccessDenied", Message: expect.stringContaining("s3:DeleteObject") as string }]);
  await get(test.s3, "theirs/a");
});

test("tags of the request and of the object decide", async () => {
  await using test = await startS3();
  const user = await userWith(test, [
    allow("s3:GetObject", `${ARN}/*`, { Condition: { StringEquals: { "s3:ExistingObjectTag/open": "yes" } } }),
    allow(["s3:PutObject", "s3:PutObjectTagging"], `${ARN}/*`, { Condition: { StringEquals: { "s3:RequestObjectTag/team": "vision" } } }),
  ]);
  const tagged = (s3: S3Client, Key: string, Tagging: string): Promise<unknown> => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x", Tagging }));
  await tagged(test.s3, "open", "open=yes");
  await tagged(test.s3, "closed", "open=no");
  await get(user, "open");
  expect((await failure(get(user, "closed"))).name).toBe("AccessDenied");
  await tagged(user, "mine", "team=vision");
  expect((await failure(tagged(user, "mine", "team=sales"))).name).toBe("AccessDenied");
});

test("a bucket policy allows and denies beside the user's own policies", async () => {
  await using test = await startS3();
  const user = await userWith(test, [allow("s3:PutObject", "*")]);
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: USER }, Action: "s3:GetObject", Resource: `${ARN}/*` },
      { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: `${ARN}/fixed/*` },
    ],
  });
  await test.s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
  await put(user, "free/a");
  await get(user, "free/a");
  expect((await failure(put(user, "fixed/a"))).message).toContain("with an explicit deny in a resource-based policy");
});

test("a bucket's existence is no secret, a foreign name is taken", async () => {
  await using test = await startS3();
  const user = await userWith(test, [allow("s3:CreateBucket", "*")]);
  expect((await failure(user.send(new GetObjectCommand({ Bucket: "no-such-bucket", Key: "a" })))).name).toBe("NoSuchBucket");
  await user.send(new CreateBucketCommand({ Bucket: "anns-bucket" }));
});

test("a bucket policy means the user it meant, not the next one of that name", async () => {
  await using test = await startS3();
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { AWS: USER }, Action: "s3:PutObject", Resource: `${ARN}/*` }] });
  const putPolicy = (): Promise<unknown> => test.s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
  expect(await failure(putPolicy())).toMatchObject({ name: "MalformedPolicy", message: "Invalid principal in policy", Detail: `"AWS" : "${USER}"` });
  const first = await userWith(test, []);
  await putPolicy();
  await put(first, "key");
  const iam = new IAMClient(test.cloud.client);
  const { AccessKeyMetadata: keys = [] } = await iam.send(new ListAccessKeysCommand({ UserName: "ann" }));
  for (const { AccessKeyId } of keys) await iam.send(new DeleteAccessKeyCommand({ UserName: "ann", AccessKeyId }));
  await iam.send(new DeleteUserCommand({ UserName: "ann" }));
  const second = await userWith(test, []);
  expect((await failure(put(second, "key"))).name).toBe("AccessDenied");
  expect((await test.s3.send(new GetBucketPolicyCommand({ Bucket: BUCKET }))).Policy).toMatch(/"AWS":"AIDA/);
});
