import { request as httpRequest } from "node:http";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand, CreateFunctionUrlConfigCommand, DeleteFunctionUrlConfigCommand, GetFunctionUrlConfigCommand, LambdaClient,
  ListFunctionUrlConfigsCommand, UpdateFunctionUrlConfigCommand, type CreateFunctionUrlConfigCommandInput,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFunction, refusal, startLambda, type Files, type LambdaCloud } from "./support.ts";

let place: LambdaCloud;
beforeAll(async () => {
  place = await startLambda();
});
afterAll(() => place[Symbol.asyncDispose]());

interface Reply {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends to a URL by its name, over 127.0.0.1: what a resolver does for names under localhost. */
function send(url: string, { method = "GET", headers = {}, body }: Sent = {}): Promise<Reply> {
  const { host, port, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path: pathname + search, method, headers: { host, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function makeUrl(name: string, files: Files, more: Partial<CreateFunctionUrlConfigCommandInput> = {}): Promise<string> {
  await makeFunction(place, name, { files, Timeout: 10 });
  const { FunctionUrl = "" } = await place.lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: "NONE", ...more }));
  return FunctionUrl;
}

/** The two permissions that a public URL needs since October 2025. */
async function allowEverybody(name: string): Promise<void> {
  await place.lambda.send(new AddPermissionCommand({ FunctionName: name, StatementId: "url", Action: "lambda:InvokeFunctionUrl", Principal: "*", FunctionUrlAuthType: "NONE" }));
  await place.lambda.send(new AddPermissionCommand({ FunctionName: name, StatementId: "invoke", Action: "lambda:InvokeFunction", Principal: "*", InvokedViaFunctionUrl: true }));
}

const ECHO = { "index.js": "exports.handler = async (event) => event" };

test("a public URL hands over the request in payload format 2.0", async () => {
  const url = await makeUrl("echo", ECHO);
  expect(url).toMatch(/^http:\/\/[a-z2-7]{32}\.lambda-url\.us-east-1\.localhost:\d+\/$/);
  expect(await send(url)).toMatchObject({ status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" } });
  await allowEverybody("echo");
  const { status, text, headers } = await send(`${url}some/path?a=1&a=2&b=x%20y&constructor=c`, { method: "POST", headers: { "content-type": "application/json", cookie: "one=1; two=2", "user-agent": "me" }, body: '{"dog":true}' });
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/json");
  expect(JSON.parse(text)).toMatchObject({
    version: "2.0", routeKey: "$default", rawPath: "/some/path", rawQueryString: "a=1&a=2&b=x%20y&constructor=c", cookies: ["one=1", "two=2"],
    headers: { "user-agent": "me", "content-type": "application/json", "x-forwarded-proto": "http" },
    queryStringParameters: { a: "1,2", b: "x y", constructor: "c" },
    requestContext: { accountId: "anonymous", apiId: new URL(url).host.split(".")[0], http: { method: "POST", path: "/some/path", protocol: "HTTP/1.1", userAgent: "me" }, stage: "$default" },
    body: '{"dog":true}', isBase64Encoded: false,
  });
  // Paths that this server keeps for itself under its own name are the function's under its URL.
  for (const path of ["/_sagebrush/interrupt-training-job", "/.sagebrush/lambda/code/x"]) {
    expect(JSON.parse((await send(`${url}${path.slice(1)}`)).text)).toMatchObject({ rawPath: path });
  }
  const binary = await send(url, { method: "POST", headers: { "content-type": "image/jpeg" }, body: Buffer.from([255, 216, 255]) });
  expect(JSON.parse(binary.text)).toMatchObject({ body: "/9j/", isBase64Encoded: true });
});

test("a shaped response is taken apart, anything else is JSON", async () => {
  const url = await makeUrl("shaped", { "index.js": `exports.handler = async ({ rawPath }) => ({
    '/full': { statusCode: 201, headers: { 'Content-Type': 'text/html', 'X-Mine': 'yes' }, cookies: ['a=1', 'b=2'], body: '<p>' },
    '/binary': { statusCode: 200, headers: { 'content-type': 'image/png' }, isBase64Encoded: true, body: 'iVBORw==' },
    '/text': 'plain words', '/list': [1, 2], '/broken': { statusCode: 200, body: { not: 'text' } }, '/early': { statusCode: 100 } })[rawPath]` });
  await allowEverybody("shaped");
  expect(await send(`${url}full`)).toMatchObject({ status: 201, text: "<p>", headers: { "content-type": "text/html", "x-mine": "yes", "set-cookie": ["a=1", "b=2"] } });
  expect((await send(`${url}binary`)).headers).toMatchObject({ "content-type": "image/png", "content-length": "4" });
  expect(await send(`${url}text`)).toMatchObject({ status: 200, text: "plain words", headers: { "content-type": "application/json" } });
  expect(await send(`${url}list`)).toMatchObject({ text: "[1,2]" });
  expect(await send(`${url}broken`)).toMatchObject({ status: 502 });
  expect(await send(`${url}early`)).toMatchObject({ status: 502 });
});

test("a function that fails is a 502 that does not tell why", async () => {
  const url = await makeUrl("failing", { "index.js": "exports.handler = async () => { throw new Error('secret') }" });
  await allowEverybody("failing");
  const { status, text } = await send(url);
  expect(status).toBe(502);
  expect(text).not.toContain("secret");
});

test("with AWS_IAM the caller signs and needs both permissions", async () => {
  const url = await makeUrl("signed", { "index.js": "exports.handler = async ({ requestContext }) => requestContext.authorizer.iam.userArn" }, { AuthType: "AWS_IAM" });
  const unsigned = await send(url);
  expect(unsigned).toMatchObject({ status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" } });
  expect(JSON.parse(unsigned.text)).toEqual({ Message: "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html" });
  const iam = new IAMClient(place.cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "caller" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "caller" }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  // The SDK's own signer for Lambda signs the request; it is a public part of a client's configuration.
  const signer = await new LambdaClient({ ...place.cloud.client, credentials }).config.signer();
  const { hostname, port, protocol, host } = new URL(url);
  const attempt = async (): Promise<Reply> => {
    const signed = await signer.sign({ method: "GET", hostname, port: Number(port), protocol, path: "/", query: {}, headers: { host } });
    return send(url, { headers: signed.headers });
  };
  expect((await attempt()).status).toBe(403);
  await iam.send(new PutUserPolicyCommand({ UserName: "caller", PolicyName: "url", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], Resource: "*" }] }) }));
  expect(await attempt()).toMatchObject({ status: 200, text: "arn:aws:iam::000000000000:user/caller" });
});

test("its settings are read, listed, changed and deleted", async () => {
  const url = await makeUrl("settings-url", ECHO);
  const named = { FunctionName: "settings-url" };
  expect(await place.lambda.send(new GetFunctionUrlConfigCommand(named))).toMatchObject({ FunctionUrl: url, AuthType: "NONE", InvokeMode: "BUFFERED" });
  expect((await place.lambda.send(new ListFunctionUrlConfigsCommand(named))).FunctionUrlConfigs).toHaveLength(1);
  expect(await refusal(place.lambda.send(new CreateFunctionUrlConfigCommand({ ...named, AuthType: "NONE" })))).toMatchObject({ name: "ResourceConflictException", status: 409 });
  expect(await place.lambda.send(new UpdateFunctionUrlConfigCommand({ ...named, AuthType: "AWS_IAM" }))).toMatchObject({ AuthType: "AWS_IAM", FunctionUrl: url });
  expect((await refusal(place.lambda.send(new UpdateFunctionUrlConfigCommand({ ...named, InvokeMode: "RESPONSE_STREAM" })))).message).toContain("RESPONSE_STREAM");
  await place.lambda.send(new DeleteFunctionUrlConfigCommand(named));
  expect(await refusal(place.lambda.send(new GetFunctionUrlConfigCommand(named)))).toMatchObject({ name: "ResourceNotFoundException", status: 404 });
  expect((await send(url)).status).toBe(404);
});

test("a page of another origin may call where the URL's CORS settings say so", async () => {
  const url = await makeUrl("cors", ECHO, { Cors: { AllowOrigins: ["https://dogs.example"], AllowMethods: ["POST"], AllowHeaders: ["x-dog"], MaxAge: 60 } });
  await allowEverybody("cors");
  const page = { origin: "https://dogs.example" };
  expect(await send(url, { method: "OPTIONS", headers: { ...page, "access-control-request-method": "POST" } })).toMatchObject({
    status: 200, headers: { "access-control-allow-origin": "https://dogs.example", "access-control-allow-methods": "POST", "access-control-allow-headers": "x-dog", "access-control-max-age": "60" },
  });
  expect(await send(url, { method: "POST", headers: page, body: "{}" })).toMatchObject({ status: 200, headers: { "access-control-allow-origin": "https://dogs.example" } });
  expect((await send(url, { headers: { origin: "https://evil.example" } })).status).toBe(403);
});
