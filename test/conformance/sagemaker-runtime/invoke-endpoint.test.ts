import { setTimeout as pause } from "node:timers/promises";
import { InvokeEndpointCommand, SageMakerRuntimeClient, type InvokeEndpointCommandInput, type InvokeEndpointCommandOutput } from "@aws-sdk/client-sagemaker-runtime";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { expect, test } from "vitest";
import { startCloud, type TestCloud } from "../../support/cloud.ts";
import { hosting, server } from "../sagemaker/support/endpoint.ts";

const MEGA = 6_291_456;

/** Answers with what it was asked: one server for all the questions of this file. */
const ECHO = server(`
  const text = body.subarray(0, 20).toString("latin1");
  if (text === "headers") return response.writeHead(200, { "content-type": "application/json", "x-amzn-sagemaker-custom-attributes": "answered" }).end(JSON.stringify(request.headers));
  if (text === "teapot") return response.writeHead(400).end("no tea");
  if (text === "broken") return response.writeHead(500).end('{"error":"out of cheese"}');
  if (text === "endless") return void setTimeout(() => response.end("late"), 600_000);
  if (text === "cut") { response.on("close", () => cut += 1); return; }
  if (text === "cuts") return response.end(String(cut));
  if (text === "huge") return response.end(Buffer.alloc(${MEGA + 1}));
  if (text === "slow") return void setTimeout(() => response.end("slow"), 1_500);
  if (text === "who") return response.end(process.env.SAGEMAKER_BIND_ADDRESS);
  response.writeHead(200, { "content-type": "application/x-echo" }).end(body);
`, "let cut = 0;");

type Ask = (body: string | Uint8Array, more?: Partial<InvokeEndpointCommandInput>, signal?: AbortSignal) => Promise<InvokeEndpointCommandOutput>;

async function echo(cloud: TestCloud, variant = {}): Promise<Ask> {
  const { create, inService } = await hosting(cloud);
  await create("echo", ECHO, variant);
  await inService("echo");
  const runtime = new SageMakerRuntimeClient(cloud.client);
  return (Body, more = {}, abortSignal) => runtime.send(new InvokeEndpointCommand({ EndpointName: "echo", Body, ...more }), abortSignal === undefined ? {} : { abortSignal });
}

test("bodies of any bytes go there and back, with the headers that AWS hands on", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const ask = await echo(cloud);
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const answer = await ask(bytes, { ContentType: "application/x-image" });
  expect(Buffer.from(answer.Body)).toEqual(Buffer.from(bytes));
  expect(answer).toMatchObject({ ContentType: "application/x-echo", InvokedProductionVariant: "AllTraffic" });
  const seen = await ask("headers", { ContentType: "text/csv", Accept: "application/json", CustomAttributes: "trace=1", InferenceId: "id-1", TargetVariant: "AllTraffic" });
  expect(JSON.parse(Buffer.from(seen.Body).toString())).toMatchObject({
    "content-type": "text/csv", accept: "application/json", "x-amzn-sagemaker-custom-attributes": "trace=1", "x-amzn-sagemaker-inference-id": "id-1", "content-length": "7",
  });
  expect(Object.keys(JSON.parse(Buffer.from(seen.Body).toString()) as object).filter((name) => name === "authorization" || name.startsWith("x-amz-"))).toEqual([]);
  expect(seen).toMatchObject({ ContentType: "application/json", CustomAttributes: "answered" });
});

test("what a container refuses or breaks on is a ModelError with its status and its own text", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const ask = await echo(cloud);
  const see = "See https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logEventViewer:group=/aws/sagemaker/Endpoints/echo in account 000000000000 for more information.";
  await expect(ask("teapot")).rejects.toMatchObject({
    name: "ModelError", message: `Received client error (400) from primary with message "no tea". ${see}`, OriginalStatusCode: 400, OriginalMessage: "no tea",
    LogStreamArn: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/echo", $metadata: { httpStatusCode: 424 },
  });
  await expect(ask("broken")).rejects.toMatchObject({
    name: "ModelError", message: `Received server error (500) from primary with message "{"error":"out of cheese"}". ${see}`, OriginalStatusCode: 500, OriginalMessage: '{"error":"out of cheese"}',
  });
  await expect(ask("huge")).rejects.toMatchObject({ name: "ModelError", message: expect.stringContaining("could not load the entire response body") as string });
});

test("a body may have 6 MiB and not a byte more", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const ask = await echo(cloud);
  expect((await ask(Buffer.alloc(MEGA, 1))).Body).toHaveLength(MEGA);
  await expect(ask(Buffer.alloc(MEGA + 1, 1))).rejects.toMatchObject({ name: "ValidationError", $metadata: { httpStatusCode: 400 }, message: expect.stringContaining(String(MEGA)) as string });
});

test("an answer that takes longer than 60 s is a ModelError", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const ask = await echo(cloud);
  const asked = ask("endless").catch((error: unknown) => error);
  await pause(500);
  cloud.clock.advance(60_000);
  expect(await asked).toMatchObject({
    name: "ModelError", OriginalStatusCode: 0, OriginalMessage: expect.stringContaining("Your invocation timed out while waiting for a response from container primary.") as string,
  });
});

test("a client that goes away takes its request with it", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const ask = await echo(cloud);
  const leaving = new AbortController();
  const asked = ask("cut", {}, leaving.signal);
  await pause(300);
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await expect.poll(async () => Buffer.from((await ask("cuts")).Body).toString(), { timeout: 5_000 }).toBe("1");
});

test("LEAST_OUTSTANDING_REQUESTS leaves a busy instance alone", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const ask = await echo(cloud, { InitialInstanceCount: 2, RoutingConfig: { RoutingStrategy: "LEAST_OUTSTANDING_REQUESTS" } });
  const slow = ask("slow");
  await pause(300);
  const others = new Set<string>();
  for (let count = 0; count < 12; count += 1) others.add(Buffer.from((await ask("who")).Body).toString());
  expect(others.size).toBe(1);
  await slow;
});

test("what is not there is said by name", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  const ask = await echo(cloud);
  await expect(ask("x", { EndpointName: "nobody" })).rejects.toMatchObject({ name: "ValidationError", message: "Endpoint nobody of account 000000000000 not found." });
  await expect(ask("x", { TargetVariant: "Other" })).rejects.toMatchObject({ name: "ValidationError", message: expect.stringContaining("Other") as string });
  await expect(ask("x", { TargetModel: "a.tar.gz" })).rejects.toMatchObject({ name: "ValidationError", message: "TargetModel is not supported by Sagebrush yet: multi-model endpoints." });
  await expect(ask("x", { InferenceComponentName: "part" })).rejects.toMatchObject({ message: expect.stringContaining("InferenceComponentName is not supported") as string });
});

test("who may not invoke is told so in AWS's sentence, until the policy allows it", { timeout: 30_000 }, async () => {
  await using cloud = await startCloud();
  await echo(cloud);
  const iam = new IAMClient(cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "caller" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "caller" }));
  const runtime = new SageMakerRuntimeClient({ ...cloud.client, credentials: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" } });
  const ask = () => runtime.send(new InvokeEndpointCommand({ EndpointName: "echo", Body: "x" }));
  await expect(ask()).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: "User: arn:aws:iam::000000000000:user/caller is not authorized to perform: sagemaker:InvokeEndpoint on resource: arn:aws:sagemaker:us-east-1:000000000000:endpoint/echo because no identity-based policy allows the sagemaker:InvokeEndpoint action",
  });
  await iam.send(new PutUserPolicyCommand({
    UserName: "caller", PolicyName: "invoke",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sagemaker:InvokeEndpoint", Resource: "arn:aws:sagemaker:us-east-1:000000000000:endpoint/echo" }] }),
  }));
  expect(Buffer.from((await ask()).Body).toString()).toBe("x");
});
