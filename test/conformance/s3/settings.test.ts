import {
  CreateBucketCommand, DeleteBucketCorsCommand, DeleteBucketPolicyCommand, DeleteBucketTaggingCommand, DeletePublicAccessBlockCommand, GetBucketAclCommand,
  GetBucketCorsCommand, GetBucketEncryptionCommand, GetBucketLifecycleConfigurationCommand, GetBucketOwnershipControlsCommand, GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand, GetBucketTaggingCommand, GetBucketVersioningCommand, GetObjectAclCommand, GetPublicAccessBlockCommand, PutBucketAclCommand,
  PutBucketCorsCommand, PutBucketEncryptionCommand, PutBucketPolicyCommand, PutBucketTaggingCommand, PutBucketVersioningCommand, PutBucketWebsiteCommand,
  PutObjectAclCommand, PutObjectCommand, PutPublicAccessBlockCommand, S3Client, type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { BUCKET, failure, startS3, type S3Test } from "./support.ts";

const bucket = { Bucket: BUCKET };
const ARN = `arn:aws:s3:::${BUCKET}`;
const policy = (statement: object): string => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: `${ARN}/*`, ...statement }] });
const putPolicy = ({ s3 }: S3Test, text: string): Promise<unknown> => s3.send(new PutBucketPolicyCommand({ ...bucket, Policy: text }));

test("a new bucket answers what AWS's new buckets answer", async () => {
  await using test = await startS3();
  const { s3 } = test;
  expect((await s3.send(new GetBucketVersioningCommand(bucket))).Status).toBeUndefined();
  expect(await s3.send(new GetBucketEncryptionCommand(bucket))).toMatchObject({
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }] },
  });
  expect(await s3.send(new GetBucketOwnershipControlsCommand(bucket))).toMatchObject({ OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } });
  expect((await s3.send(new GetPublicAccessBlockCommand(bucket))).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true,
  });
  const { Owner, Grants } = await s3.send(new GetBucketAclCommand(bucket));
  expect(Grants).toEqual([{ Grantee: { Type: "CanonicalUser", ID: Owner?.ID }, Permission: "FULL_CONTROL" }]);
  for (const [command, code] of [
    [new GetBucketPolicyCommand(bucket), "NoSuchBucketPolicy"], [new GetBucketCorsCommand(bucket), "NoSuchCORSConfiguration"],
    [new GetBucketTaggingCommand(bucket), "NoSuchTagSet"],
  ] as const) expect(await failure(s3.send(command as GetBucketCorsCommand))).toMatchObject({ name: code, BucketName: BUCKET, $metadata: { httpStatusCode: 404 } });
});

test("a policy is kept as it came", async () => {
  await using test = await startS3();
  const text = policy({ Principal: { AWS: "arn:aws:iam::000000000000:root" } });
  await putPolicy(test, text);
  expect((await test.s3.send(new GetBucketPolicyCommand(bucket))).Policy).toBe(text);
  expect((await test.s3.send(new GetBucketPolicyStatusCommand(bucket))).PolicyStatus).toEqual({ IsPublic: false });
  await test.s3.send(new DeleteBucketPolicyCommand(bucket));
  expect((await failure(test.s3.send(new GetBucketPolicyCommand(bucket)))).name).toBe("NoSuchBucketPolicy");
});

test("a policy that means nothing is malformed", async () => {
  await using test = await startS3();
  const principal = { Principal: { AWS: "000000000000" } };
  for (const [text, message] of [
    ["nonsense", "Policies must be valid JSON and the first byte must be '{'"],
    [policy({}), "Missing required field Principal"],
    [policy({ ...principal, Resource: "arn:aws:s3:::other-bucket/*" }), "Policy has invalid resource"],
    [policy({ ...principal, Resource: ARN }), "Action does not apply to any resource(s) in statement"],
    [policy({ ...principal, Action: "s3:ListBucket" }), "Action does not apply to any resource(s) in statement"],
    [policy({ ...principal, Action: "x".repeat(20_481) }), "Policy size must be less than or equal to 20480 bytes."],
  ] as const) expect(await failure(putPolicy(test, text))).toMatchObject({ name: "MalformedPolicy", message, $metadata: { httpStatusCode: 400 } });
  await putPolicy(test, policy({ ...principal, Action: ["s3:GetObject", "s3:ListBucket"], Resource: [ARN, `${ARN}/*`] }));
});

test("a public policy needs public access to be unblocked first", async () => {
  await using test = await startS3();
  const everybody = policy({ Principal: "*" });
  expect(await failure(putPolicy(test, everybody))).toMatchObject({
    name: "AccessDenied", message: expect.stringContaining("because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.") as string,
  });
  await putPolicy(test, policy({ Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }));
  await test.s3.send(new DeletePublicAccessBlockCommand(bucket));
  expect((await failure(test.s3.send(new GetPublicAccessBlockCommand(bucket)))).name).toBe("NoSuchPublicAccessBlockConfiguration");
  await putPolicy(test, everybody);
  expect((await test.s3.send(new GetBucketPolicyStatusCommand(bucket))).PolicyStatus).toEqual({ IsPublic: true });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
test.each([
  { stringnotequals: { "aws:SourceAccount": "111122223333" } },
  { "ForAllValues:StringEquals": { "aws:PrincipalAccount": "111122223333" } },
  { "forallvalues:stringequals": { "aws:PrincipalAccount": "111122223333" } },
  { stringEqualsIFEXISTS: { "aws:PrincipalAccount": "111122223333" } },
  { notipaddress: { "aws:SourceIp": "203.0.113.0/24" } },
  { "null": { "aws:PrincipalAccount": "true" } },
  { NumericLessThan: { "aws:SourceAccount": "999999999999" } },
  { StringEquals: { "aws:PrincipalAccount": "${aws:PrincipalAccount}" } },
  { IpAddress: { "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"] } },
  { IpAddress: { "aws:SourceIp": "::/00" } },
])("a condition that lets everybody in does not make a policy less public: %j", async (Condition) => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ ...bucket, Key: "open", Body: "hello" }));
  expect((await failure(putPolicy(test, policy({ Principal: "*", Condition })))).name).toBe("AccessDenied");
  expect((await fetch(`${test.cloud.endpoint}/${BUCKET}/open`)).status).toBe(403);
});

test.each([
  { stringequals: { "AWS:sourceaccount": "111122223333" } },
  { StringLike: { "aws:userid": "AIDA11112222333344445" } },
  { "ForAnyValue:ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/reader" } },
  { IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "203.0.113.7", "2001:db8::/32"] } },
])("a condition that names who comes in makes a policy not public: %j", async (Condition) => {
  await using test = await startS3();
  await putPolicy(test, policy({ Principal: "*", Condition }));
});

test("everybody reads what a public policy opens, until public buckets are restricted", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ ...bucket, Key: "open", Body: "hello" }));
  const get = (key: string): Promise<Response> => fetch(`${test.cloud.endpoint}/${BUCKET}/${key}`);
  expect((await get("open")).status).toBe(403);
  await test.s3.send(new DeletePublicAccessBlockCommand(bucket));
  await putPolicy(test, policy({ Principal: "*" }));
  expect(await (await get("open")).text()).toBe("hello");
  const denied = await get("none");
  expect([denied.status, await denied.text()]).toEqual([403, expect.stringContaining("<Code>AccessDenied</Code><Message>Access Denied</Message>")]);
  await test.s3.send(new PutPublicAccessBlockCommand({ ...bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }));
  expect((await get("open")).status).toBe(403);
});

test("CORS rules are kept and checked", async () => {
  await using test = await startS3();
  const rule = { AllowedOrigins: ["https://*.example.com"], AllowedMethods: ["GET", "PUT"], AllowedHeaders: ["*"], ExposeHeaders: ["ETag"], MaxAgeSeconds: 60 };
  const put = (rules: object[]): Promise<unknown> => test.s3.send(new PutBucketCorsCommand({ ...bucket, CORSConfiguration: { CORSRules: rules as never } }));
  await put([rule]);
  expect((await test.s3.send(new GetBucketCorsCommand(bucket))).CORSRules).toEqual([rule]);
  expect(await failure(put([{ ...rule, AllowedMethods: ["PATCH"] }]))).toMatchObject({
    name: "InvalidRequest", message: "Found unsupported HTTP method in CORS config. Unsupported method is PATCH",
  });
  expect((await failure(put([{ ...rule, AllowedOrigins: ["*.*"] }]))).message).toBe('AllowedOrigin "*.*" can not have more than one wildcard.');
  await test.s3.send(new DeleteBucketCorsCommand(bucket));
  expect((await failure(test.s3.send(new GetBucketCorsCommand(bucket)))).name).toBe("NoSuchCORSConfiguration");
});

test("buckets carry tags", async () => {
  await using test = await startS3();
  const TagSet = [{ Key: "team", Value: "vision" }];
  await test.s3.send(new PutBucketTaggingCommand({ ...bucket, Tagging: { TagSet } }));
  expect((await test.s3.send(new GetBucketTaggingCommand(bucket))).TagSet).toEqual(TagSet);
  await test.s3.send(new DeleteBucketTaggingCommand(bucket));
  expect((await failure(test.s3.send(new GetBucketTaggingCommand(bucket)))).name).toBe("NoSuchTagSet");
});

test("ACLs are not supported, but for those that change nothing", async () => {
  await using test = await startS3();
  const { s3 } = test;
  const object = { ...bucket, Key: "key" };
  await s3.send(new PutObjectCommand({ ...object, Body: "x", ACL: "bucket-owner-full-control" }));
  await s3.send(new PutObjectAclCommand({ ...object, ACL: "private" }));
  await s3.send(new PutBucketAclCommand({ ...bucket, ACL: "private" }));
  expect((await s3.send(new GetObjectAclCommand(object))).Grants).toMatchObject([{ Permission: "FULL_CONTROL" }]);
  const unsupported = { name: "AccessControlListNotSupported", message: "The bucket does not allow ACLs", $metadata: { httpStatusCode: 400 } };
  expect(await failure(s3.send(new PutObjectCommand({ ...object, Body: "x", ACL: "public-read" })))).toMatchObject(unsupported);
  expect(await failure(s3.send(new PutObjectAclCommand({ ...object, ACL: "public-read" })))).toMatchObject(unsupported);
  expect(await failure(s3.send(new PutBucketAclCommand({ ...bucket, GrantRead: "uri=http://acs.amazonaws.com/groups/global/AllUsers" })))).toMatchObject(unsupported);
});

test("a lenient server goes on without what it does not do", async () => {
  await using cloud = await startCloud({ lenient: true });
  const s3 = new S3Client(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "lenient-dogs" }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: "lenient-dogs", VersioningConfiguration: { Status: "Enabled" } }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket: "lenient-dogs" }))).Status).toBeUndefined();
  const put = await s3.send(new PutObjectCommand({ Bucket: "lenient-dogs", Key: "key", Body: "x", ServerSideEncryption: "aws:kms", StorageClass: "GLACIER" }));
  expect(put.ServerSideEncryption).toBe("AES256");
});

test("what is not done here is refused by its name", async () => {
  await using test = await startS3();
  const refusals: readonly (readonly [Partial<PutObjectCommandInput>, string])[] = [
    [{ ServerSideEncryption: "aws:kms:dsse" }, "x-amz-server-side-encryption"], [{ SSEKMSKeyId: "key" }, "x-amz-server-side-encryption-aws-kms-key-id"],
    [{ StorageClass: "GLACIER" }, "x-amz-storage-class"], [{ WebsiteRedirectLocation: "/other" }, "x-amz-website-redirect-location"],
    [{ ObjectLockLegalHoldStatus: "ON" }, "x-amz-object-lock-legal-hold"], [{ BucketKeyEnabled: true }, "x-amz-server-side-encryption-bucket-key-enabled"],
  ];
  for (const [input, header] of refusals) {
    expect(await failure(test.s3.send(new PutObjectCommand({ ...bucket, Key: "key", Body: "x", ...input })))).toMatchObject({
      name: "NotImplemented", Header: header, $metadata: { httpStatusCode: 501 },
    });
  }
  const versioning = new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: "Enabled" } });
  expect(await failure(test.s3.send(versioning))).toMatchObject({ name: "NotImplemented", message: expect.stringContaining("versioning") as string });
  expect((await failure(test.s3.send(new CreateBucketCommand({ Bucket: "locked-dogs", ObjectLockEnabledForBucket: true })))).name).toBe("NotImplemented");
  const kms = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" as const } }] };
  expect((await failure(test.s3.send(new PutBucketEncryptionCommand({ ...bucket, ServerSideEncryptionConfiguration: kms })))).name).toBe("NotImplemented");
  expect((await failure(test.s3.send(new PutBucketWebsiteCommand({ ...bucket, WebsiteConfiguration: {} })))).name).toBe("NotImplemented");
  expect((await failure(test.s3.send(new GetBucketLifecycleConfigurationCommand(bucket)))).name).toBe("NotImplemented");
});
