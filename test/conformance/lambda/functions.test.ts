import {
  CreateFunctionCommand, DeleteFunctionCommand, GetAccountSettingsCommand, GetFunctionCodeSigningConfigCommand, GetFunctionCommand, GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, ListAliasesCommand, ListFunctionsCommand, ListTagsCommand, ListVersionsByFunctionCommand,
  paginateListFunctions, PutFunctionConcurrencyCommand, TagResourceCommand, UntagResourceCommand, UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand, waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, makeFunction, makeRole, refusal, startLambda, zipOf, type LambdaCloud } from "./support.ts";

const HELLO = { "index.js": "exports.handler = async () => 'hello'" };
let place: LambdaCloud;
beforeAll(async () => {
  place = await startLambda();
});
afterAll(() => place[Symbol.asyncDispose]());

describe("creating a function", () => {
  test("it is Pending, then Active once its code is in place, with AWS's defaults", async () => {
    const { lambda, role } = place;
    const created = await lambda.send(new CreateFunctionCommand({ FunctionName: "defaults", Runtime: "nodejs22.x", Handler: "index.handler", Role: role, Code: { ZipFile: await zipOf(HELLO) } }));
    expect(created).toMatchObject({ State: "Pending", StateReasonCode: "Creating", Version: "$LATEST", MemorySize: 128, Timeout: 3, PackageType: "Zip", Architectures: ["x86_64"], EphemeralStorage: { Size: 512 } });
    expect(created.FunctionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:defaults");
    await expect.poll(async () => (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "defaults" }))).State).toBe("Active");
    const { Configuration, Code } = await lambda.send(new GetFunctionCommand({ FunctionName: created.FunctionArn }));
    expect(Configuration).toMatchObject({ LastUpdateStatus: "Successful", CodeSha256: created.CodeSha256, LoggingConfig: { LogGroup: "/aws/lambda/defaults" } });
    expect(Code?.RepositoryType).toBe("S3");
    const download = await fetch(Code?.Location ?? "");
    expect(Buffer.from(await download.arrayBuffer())).toHaveLength(created.CodeSize ?? 0);
    expect((await fetch((Code?.Location ?? "").replace(/Signature=.*/, "Signature=0"))).status).toBe(403);
  });

  test("its package may come from a bucket", async () => {
    const s3 = new S3Client(place.cloud.client);
    await s3.send(new CreateBucketCommand({ Bucket: "packages" }));
    await s3.send(new PutObjectCommand({ Bucket: "packages", Key: "hello.zip", Body: await zipOf(HELLO) }));
    await place.lambda.send(new CreateFunctionCommand({ FunctionName: "from-s3", Runtime: "nodejs22.x", Handler: "index.handler", Role: place.role, Code: { S3Bucket: "packages", S3Key: "hello.zip" } }));
    await expect.poll(async () => (await place.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "from-s3" }))).State).toBe("Active");
    expect((await call(place.lambda, "from-s3")).value).toBe("hello");
  });

  test("a package that is not in the bucket is refused with S3's words", async () => {
    const attempt = place.lambda.send(new CreateFunctionCommand({ FunctionName: "no-object", Runtime: "nodejs22.x", Handler: "index.handler", Role: place.role, Code: { S3Bucket: "packages", S3Key: "nothing.zip" } }));
    expect(await refusal(attempt)).toMatchObject({ name: "InvalidParameterValueException", message: "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist." });
  });

  test("a taken name is a conflict", async () => {
    await makeFunction(place, "taken", { files: HELLO });
    expect(await refusal(makeFunction(place, "taken", { files: HELLO }))).toMatchObject({ name: "ResourceConflictException", status: 409, message: "Function already exist: taken" });
  });

  test("what is no zip file is refused", async () => {
    const attempt = place.lambda.send(new CreateFunctionCommand({ FunctionName: "bad-zip", Runtime: "nodejs22.x", Handler: "index.handler", Role: place.role, Code: { ZipFile: Buffer.from("no zip") } }));
    expect(await refusal(attempt)).toMatchObject({ name: "InvalidParameterValueException", message: "Could not unzip uploaded file. Please check your file, then try to upload again." });
  });

  test("a role that Lambda may not take on is refused", async () => {
    const role = await makeRole(place.cloud, "for-ec2", { trust: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }] }) });
    const attempt = makeFunction(place, "untrusted", { files: HELLO, Role: role });
    expect(await refusal(attempt)).toMatchObject({ name: "InvalidParameterValueException", message: "The role defined for the function cannot be assumed by Lambda." });
  });

  test.each([
    ["a runtime of another language", { Runtime: "java21" as const }, "java21"],
    ["layers", { Layers: ["arn:aws:lambda:us-east-1:000000000000:layer:numpy:1"] }, "Layers"],
    ["a network", { VpcConfig: { SubnetIds: ["subnet-12345678"], SecurityGroupIds: ["sg-12345678"] } }, "VpcConfig"],
    ["a dead-letter queue", { DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:dead" } }, "DeadLetterConfig"],
    ["a version", { Publish: true }, "Publish"],
    ["X-Ray", { TracingConfig: { Mode: "Active" as const } }, "TracingConfig"],
  ])("%s, which is not there, is refused by name", async (_what, more, named) => {
    const { name, message } = await refusal(makeFunction(place, "unsupported", { files: HELLO, ...more }));
    expect(name).toBe("NotImplemented");
    expect(message).toContain(named);
  });

  test("empty settings that clients always send demand nothing", async () => {
    await makeFunction(place, "empties", { files: HELLO, Layers: [], VpcConfig: { SubnetIds: [], SecurityGroupIds: [] }, DeadLetterConfig: {}, TracingConfig: { Mode: "PassThrough" }, SnapStart: { ApplyOn: "None" }, Publish: false, PackageType: "Zip" });
  });

  test("an ended runtime is refused in AWS's words", async () => {
    expect(await refusal(makeFunction(place, "ended", { files: HELLO, Runtime: "nodejs16.x" }))).toMatchObject({ name: "InvalidParameterValueException", message: expect.stringContaining("no longer supported") as string });
  });

  test("reserved and too large environment variables are refused", async () => {
    expect((await refusal(makeFunction(place, "reserved", { files: HELLO, Environment: { Variables: { AWS_REGION: "x" } } }))).message).toContain("Reserved keys used in this request: AWS_REGION");
    expect((await refusal(makeFunction(place, "large", { files: HELLO, Environment: { Variables: { BIG: "x".repeat(5000) } } }))).message).toContain("exceeded the 4KB limit");
  });

  test("a caller without iam:PassRole is refused", async () => {
    expect((await refusal(makeFunction(place, "x".repeat(65), { files: HELLO }))).message).toContain("less than or equal to 64");
  });
});

describe("changing a function", () => {
  test("new code serves once the update is successful, and old environments are replaced", async () => {
    await makeFunction(place, "changing", { files: HELLO });
    expect((await call(place.lambda, "changing")).value).toBe("hello");
    const updated = await place.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "changing", ZipFile: await zipOf({ "index.js": "exports.handler = async () => 'new'" }) }));
    expect(updated.LastUpdateStatus).toBe("InProgress");
    await waitUntilFunctionUpdatedV2({ client: place.lambda, maxWaitTime: 10, minDelay: 0.05, maxDelay: 1 }, { FunctionName: "changing" });
    expect((await call(place.lambda, "changing")).value).toBe("new");
  });

  test("new settings reach the handler, what is not named stays", async () => {
    await makeFunction(place, "settings", { files: { "index.js": "exports.handler = async (event, context) => [process.env.MODE, context.memoryLimitInMB]" }, Environment: { Variables: { MODE: "one" } } });
    expect((await call(place.lambda, "settings")).value).toEqual(["one", "128"]);
    const { RevisionId } = await place.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "settings", MemorySize: 256 }));
    await waitUntilFunctionUpdatedV2({ client: place.lambda, maxWaitTime: 10, minDelay: 0.05, maxDelay: 1 }, { FunctionName: "settings" });
    expect((await call(place.lambda, "settings")).value).toEqual(["one", "256"]);
    expect(await refusal(place.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "settings", RevisionId: "00000000-0000-0000-0000-000000000000", Timeout: 5 })))).toMatchObject({ name: "PreconditionFailedException", status: 412 });
    expect(RevisionId).toBeDefined();
  });

  test("a dry run of an update changes nothing", async () => {
    await makeFunction(place, "dry", { files: HELLO });
    await place.lambda.send(new UpdateFunctionCodeCommand({ FunctionName: "dry", DryRun: true, ZipFile: await zipOf({ "index.js": "exports.handler = async () => 'other'" }) }));
    expect((await call(place.lambda, "dry")).value).toBe("hello");
  });

  test("a deleted function is not found", async () => {
    await makeFunction(place, "deleted", { files: HELLO });
    await place.lambda.send(new DeleteFunctionCommand({ FunctionName: "deleted" }));
    const missing = { name: "ResourceNotFoundException", status: 404, message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:deleted" };
    expect(await refusal(place.lambda.send(new GetFunctionCommand({ FunctionName: "deleted" })))).toMatchObject(missing);
    expect(await refusal(place.lambda.send(new DeleteFunctionCommand({ FunctionName: "deleted" })))).toMatchObject(missing);
    expect(await refusal(call(place.lambda, "deleted"))).toMatchObject(missing);
  });
});

test("functions are listed page by page in the order of their names", async () => {
  for (const name of ["page-c", "page-a", "page-b"]) await makeFunction(place, name, { files: HELLO });
  const names: string[] = [];
  for await (const page of paginateListFunctions({ client: place.lambda, pageSize: 2 }, {})) {
    expect(page.Functions?.length).toBeLessThanOrEqual(2);
    names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName ?? ""));
  }
  expect(names.filter((name) => name.startsWith("page-"))).toEqual(["page-a", "page-b", "page-c"]);
  expect(await refusal(place.lambda.send(new ListFunctionsCommand({ Marker: "***" })))).toMatchObject({ name: "InvalidParameterValueException" });
});

test("what a function cannot have here is answered as AWS answers for one that has none", async () => {
  await makeFunction(place, "bare", { files: HELLO });
  const named = { FunctionName: "bare" };
  expect((await place.lambda.send(new ListVersionsByFunctionCommand(named))).Versions).toMatchObject([{ Version: "$LATEST", FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:bare:$LATEST" }]);
  expect((await place.lambda.send(new ListAliasesCommand(named))).Aliases).toEqual([]);
  expect((await place.lambda.send(new GetFunctionConcurrencyCommand(named))).ReservedConcurrentExecutions).toBeUndefined();
  expect((await place.lambda.send(new GetFunctionCodeSigningConfigCommand(named))).CodeSigningConfigArn).toBe("");
});

test("tags are kept, changed and shown", async () => {
  const arn = await makeFunction(place, "tagged", { files: HELLO, Tags: { team: "dogs" } });
  await place.lambda.send(new TagResourceCommand({ Resource: arn, Tags: { stage: "test" } }));
  await place.lambda.send(new UntagResourceCommand({ Resource: arn, TagKeys: ["team"] }));
  expect((await place.lambda.send(new ListTagsCommand({ Resource: arn }))).Tags).toEqual({ stage: "test" });
});

test("the account's limits are AWS's", async () => {
  const { AccountLimit, AccountUsage } = await place.lambda.send(new GetAccountSettingsCommand({}));
  expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, CodeSizeUnzipped: 262_144_000, CodeSizeZipped: 52_428_800 });
  expect(AccountUsage?.FunctionCount).toBeGreaterThan(0);
});

test("an operation that is not there says so by name", async () => {
  const { name, message } = await refusal(place.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: "defaults", ReservedConcurrentExecutions: 1 })));
  expect(name).toBe("NotImplemented");
  expect(message).toContain("PutFunctionConcurrency");
});
