import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateAccessKeyCommand, CreateUserCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, CreateFunctionCommand, CreateFunctionUrlConfigCommand, GetFunctionConfigurationCommand, GetFunctionUrlConfigCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { ALL_LOGS, call, makeFunction, makeRole, refusal, startLambda, zipOf } from "./support.ts";

const HELLO = { "index.js": "exports.handler = async () => 'hello'" };

test("lines arrive in CloudWatch Logs as the role's own, in the environment's stream", async () => {
  await using place = await startLambda();
  await makeFunction(place, "chatty", { files: { "index.js": "exports.handler = async (event, context) => { console.log('one\\ntwo'); return context.logStreamName }" } });
  const stream = (await call(place.lambda, "chatty")).value as string;
  const logs = new CloudWatchLogsClient(place.cloud.client);
  const read = async (): Promise<readonly string[]> => {
    const { events = [] } = await logs.send(new GetLogEventsCommand({ logGroupName: "/aws/lambda/chatty", logStreamName: stream, startFromHead: true }));
    return events.map(({ message = "" }) => message);
  };
  await expect.poll(() => read().catch(() => []), { timeout: 5000 }).toHaveLength(5);
  const messages = await read();
  expect(messages[0]).toMatch(/^INIT_START Runtime Version: nodejs:24\.\d+\.\d+\n$/);
  expect(messages[1]).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST\n$/);
  expect(messages[2]).toMatch(/\tINFO\tone\ntwo\n$/);
  expect(messages[4]).toMatch(/^REPORT RequestId: /);
});

test("a role without permission for logs has none, and the function runs all the same", async () => {
  await using place = await startLambda();
  const role = await makeRole(place.cloud, "silent");
  await makeFunction(place, "silent", { files: HELLO, Role: role });
  expect((await call(place.lambda, "silent")).value).toBe("hello");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const logs = new CloudWatchLogsClient(place.cloud.client);
  expect((await refusal(logs.send(new DescribeLogStreamsCommand({ logGroupName: "/aws/lambda/silent" })))).name).toBe("ResourceNotFoundException");
});

test("a user needs lambda:InvokeFunction, from its own policies or the function's", async () => {
  await using place = await startLambda();
  const arn = await makeFunction(place, "guarded", { files: HELLO });
  const iam = new IAMClient(place.cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "guest" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "guest" }));
  const guest = new LambdaClient({ ...place.cloud.client, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" } });
  const who = "User: arn:aws:iam::000000000000:user/guest is not authorized to perform:";
  expect(await refusal(call(guest, "guarded"))).toMatchObject({
    name: "AccessDeniedException", status: 403, message: `${who} lambda:InvokeFunction on resource: ${arn} because no identity-based policy allows the lambda:InvokeFunction action`,
  });
  await place.lambda.send(new AddPermissionCommand({ FunctionName: "guarded", StatementId: "guest", Action: "lambda:InvokeFunction", Principal: "arn:aws:iam::000000000000:user/guest" }));
  expect((await call(guest, "guarded")).value).toBe("hello");

  await iam.send(new PutUserPolicyCommand({ UserName: "guest", PolicyName: "create", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "lambda:CreateFunction", Resource: "*" }] }) }));
  const create = guest.send(new CreateFunctionCommand({ FunctionName: "mine", Runtime: "nodejs24.x", Handler: "index.handler", Role: place.role, Code: { ZipFile: await zipOf(HELLO) } }));
  expect((await refusal(create)).message).toBe(`${who} iam:PassRole on resource: ${place.role} because no identity-based policy allows the iam:PassRole action`);
});

test("what the role may do is decided at every call: a policy added or taken away acts on a warm environment", async () => {
  await using place = await startLambda();
  const role = await makeRole(place.cloud, "reader");
  const iam = new IAMClient(place.cloud.client);
  await makeFunction(place, "reader", {
    Role: role, MemorySize: 256, Timeout: 20,
    files: { "index.mjs": "import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3'; const s3 = new S3Client({}); export const handler = () => s3.send(new ListBucketsCommand({})).then(({ Buckets }) => Buckets ?? [], (error) => error.message)" },
  });
  const denied = "User: arn:aws:sts::000000000000:assumed-role/reader/reader is not authorized to perform: s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action";
  expect((await call(place.lambda, "reader")).value).toBe(denied);
  await iam.send(new PutRolePolicyCommand({ RoleName: "reader", PolicyName: "list", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" }] }) }));
  const allowed = await call(place.lambda, "reader");
  expect(allowed.value).toEqual([]);
  expect(allowed.log).not.toContain("Init Duration");
  await iam.send(new DeleteRolePolicyCommand({ RoleName: "reader", PolicyName: "list" }));
  expect((await call(place.lambda, "reader")).value).toBe(denied);
});

test("a function that signs as root is refused: machines are never root", async () => {
  await using place = await startLambda();
  await makeFunction(place, "pretender", {
    MemorySize: 256, Timeout: 20,
    files: { "index.mjs": "import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3'; export const handler = ({ endpoint }) => new S3Client({ credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, ...(endpoint ? { endpoint } : {}), maxAttempts: 1 }).send(new ListBucketsCommand({})).then(() => 'got in', (error) => error.name)" },
  });
  expect((await call(place.lambda, "pretender")).value).toBe("AccessDenied");
});

test("functions, URLs and accepted events survive the end of the server", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-restart-"));
  let url: string | undefined;
  {
    await using cloud = await startCloud({ data: folder });
    const lambda = new LambdaClient(cloud.client);
    const role = await makeRole(cloud, "functions", { policy: ALL_LOGS });
    await makeFunction({ lambda, role }, "lasting", { files: { "index.js": "exports.handler = async (event) => { if (event.log) console.log(event.log); return 'still here' }" } });
    url = (await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: "lasting", AuthType: "NONE" }))).FunctionUrl;
    expect((await call(lambda, "lasting")).value).toBe("still here");
    await lambda.send(new InvokeCommand({ FunctionName: "lasting", InvocationType: "Event", Payload: '{"log":"from the queue"}' }));
  }
  {
    await using cloud = await startCloud({ data: folder });
    const lambda = new LambdaClient(cloud.client);
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "lasting" }))).toMatchObject({ State: "Active", LastUpdateStatus: "Successful" });
    expect((await call(lambda, "lasting")).value).toBe("still here");
    expect(new URL((await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: "lasting" }))).FunctionUrl ?? "").hostname).toBe(new URL(url ?? "").hostname);
    const logs = new CloudWatchLogsClient(cloud.client);
    const lines = async (): Promise<string> => {
      const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: "/aws/lambda/lasting" }));
      const all = await Promise.all(logStreams.map(({ logStreamName }) => logs.send(new GetLogEventsCommand({ logGroupName: "/aws/lambda/lasting", logStreamName: logStreamName ?? "" }))));
      return all.flatMap(({ events = [] }) => events.map(({ message }) => message)).join("");
    };
    await expect.poll(lines, { timeout: 5000 }).toContain("from the queue");
  }
  rmSync(folder, { recursive: true, force: true });
});
