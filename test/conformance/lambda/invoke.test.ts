import { InvokeCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, makeFunction, refusal, startLambda, type Files, type LambdaCloud } from "./support.ts";

let place: LambdaCloud;
beforeAll(async () => {
  place = await startLambda();
});
afterAll(() => place[Symbol.asyncDispose]());

const js = (body: string): Files => ({ "index.js": `exports.handler = async (event, context) => { ${body} }` });

describe("a Node handler", () => {
  test.each([
    ["CommonJS", { "index.js": "exports.handler = async (event) => event" }, "index.handler"],
    ["an ES module by its extension", { "index.mjs": "export const handler = async (event) => event" }, "index.handler"],
    ["an ES module by its package.json", { "package.json": '{"type":"module"}', "index.js": "export const handler = async (event) => event" }, "index.handler"],
    ["in a folder, nested in an object", { "lib/app.js": "exports.api = { main: async (event) => event }" }, "lib/app.api.main"],
    ["TypeScript", { "index.ts": "export const handler = async (event: { a: number }): Promise<object> => event" }, "index.handler"],
  ] as const)("may be %s", async (_what, files, handler) => {
    const name = handler.replaceAll(/[^a-z]/g, "-") + Object.keys(files).length + Object.keys(files)[0]?.replaceAll(".", "-").replaceAll("/", "-");
    await makeFunction(place, name, { files, Handler: handler });
    expect((await call(place.lambda, name, { a: 1 })).value).toEqual({ a: 1 });
  });

  test("may answer by callback before Node 24, after what it began has ended", async () => {
    await makeFunction(place, "callback", { Runtime: "nodejs22.x", files: { "index.js": "exports.handler = (event, context, done) => { const seen = []; setTimeout(() => seen.push('late'), 30); done(null, seen) }" } });
    expect((await call(place.lambda, "callback")).value).toEqual(["late"]);
    await makeFunction(place, "callback24", { Runtime: "nodejs24.x", files: { "index.js": "exports.handler = (event, context, done) => done(null, 1)" } });
    expect((await call(place.lambda, "callback24")).value).toMatchObject({ errorType: "Runtime.CallbackHandlerDeprecated" });
  });

  test("has a complete context", async () => {
    await makeFunction(place, "context", { files: js("return { ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID }"), Timeout: 10 });
    const { value } = await call(place.lambda, { FunctionName: "context", ClientContext: Buffer.from('{"custom":{"who":"me"}}').toString("base64") });
    expect(value).toMatchObject({
      functionName: "context", functionVersion: "$LATEST", memoryLimitInMB: "128", logGroupName: "/aws/lambda/context",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:context", clientContext: { custom: { who: "me" } },
      logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/) as string,
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, trace: expect.stringMatching(/^Root=1-/) as string,
    });
    expect((value as { left: number }).left).toBeGreaterThan(8000);
    expect((value as { left: number }).left).toBeLessThanOrEqual(10_000);
  });

  test("finds the SDK that AWS's runtimes carry, and its own files beside it", async () => {
    await makeFunction(place, "sdk", { files: { "labels.json": '["beagle"]', "index.mjs": "import { readFileSync } from 'node:fs'; import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts'; export const handler = async () => ({ labels: JSON.parse(readFileSync('labels.json', 'utf8')), who: (await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn })" }, MemorySize: 256, Timeout: 10 });
    expect((await call(place.lambda, "sdk")).value).toEqual({ labels: ["beagle"], who: "arn:aws:sts::000000000000:assumed-role/functions/sdk" });
  });

  test("has its log in the tail: START, its lines, END and REPORT in AWS's form", async () => {
    await makeFunction(place, "logging", { files: js("console.log('one\\ntwo', { a: 1 }); console.error('bad'); process.stdout.write('raw\\n')") });
    const { log, value } = await call(place.lambda, "logging");
    expect(value).toBeNull();
    const id = /^START RequestId: (\S+) Version: \$LATEST\n/.exec(log)?.[1];
    expect(log.split("\n").slice(1).map((line) => line.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>").replaceAll(id ?? "?", "<id>"))).toEqual([
      "<time>\t<id>\tINFO\tone", "two { a: 1 }", "<time>\t<id>\tERROR\tbad", "raw", "END RequestId: <id>",
      expect.stringMatching(/^REPORT RequestId: <id>\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/), "",
    ]);
    expect((await call(place.lambda, "logging")).log).not.toContain("Init Duration");
  });

  test("keeps what it holds between invocations: the environment is reused", async () => {
    await makeFunction(place, "warm", { files: { "index.js": "let count = 0; exports.handler = async () => ++count" } });
    expect([(await call(place.lambda, "warm")).value, (await call(place.lambda, "warm")).value, (await call(place.lambda, "warm")).value]).toEqual([1, 2, 3]);
  });

  test("runs one invocation at a time: calls at once get environments of their own", async () => {
    await makeFunction(place, "parallel", { files: { "index.js": "const id = Math.random(); exports.handler = async () => { await new Promise((r) => setTimeout(r, 300)); return id }" }, Timeout: 20 });
    const ids = await Promise.all([1, 2, 3].map(async () => (await call(place.lambda, "parallel")).value));
    expect(new Set(ids).size).toBe(3);
  });
});

describe("what a handler does wrong is told as AWS tells it", () => {
  test.each([
    ["throws", js("throw new TypeError('no dogs')"), { errorType: "TypeError", errorMessage: "no dogs", trace: expect.arrayContaining(["TypeError: no dogs"]) as string[] }],
    ["throws a string", js("throw 'plain'"), { errorType: "string", errorMessage: "plain", trace: [] }],
    ["is not there", { "index.js": "exports.other = 1" }, { errorType: "Runtime.HandlerNotFound", errorMessage: "index.handler is undefined or not exported" }],
    ["has no file", { "other.js": "" }, { errorType: "Runtime.ImportModuleError", errorMessage: "Error: Cannot find module 'index'\nRequire stack:\n- /var/runtime/index.mjs" }],
    ["lacks a dependency", { "index.js": "require('lodash')" }, { errorType: "Runtime.ImportModuleError", errorMessage: "Error: Cannot find module 'lodash'\nRequire stack:\n- /var/task/index.js\n- /var/runtime/index.mjs" }],
    ["lacks an ES dependency", { "index.mjs": "import 'lodash'" }, { errorType: "Error", errorMessage: "Cannot find package 'lodash' imported from /var/task/index.mjs" }],
    ["does not parse", { "index.js": "exports.handler = async () => {" }, { errorType: "Runtime.UserCodeSyntaxError", errorMessage: "SyntaxError: Unexpected end of input" }],
    ["exits", js("process.exit(1)"), { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 1$/) as string }],
    ["exits without a word", js("process.exit(0)"), { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/Error: Runtime exited without providing a reason$/) as string }],
    ["never settles", js("await new Promise(() => {})"), { errorType: "Runtime.NodeJsExit" }],
    ["rejects in the background", js("Promise.reject(new Error('behind')); await new Promise((r) => setTimeout(r, 500))"), { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: behind" }],
    ["answers too much", js("return 'x'.repeat(7_000_000)"), { errorType: "Function.ResponseSizeTooLarge", errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes)." }],
  ])("when it %s, and the next call works on a sound environment", async (what, files, expected) => {
    const name = `wrong-${what.replaceAll(" ", "-")}`;
    await makeFunction(place, name, { files, Timeout: 10 });
    for (let round = 0; round < 2; round += 1) {
      const { status, error, value } = await call(place.lambda, name);
      expect({ status, error, value }).toMatchObject({ status: 200, error: "Unhandled", value: expected });
    }
  });

  test("when it runs out of time", async () => {
    await makeFunction(place, "slow", { files: js("await new Promise((r) => setTimeout(r, 30_000))"), Timeout: 1 });
    const { error, value, log } = await call(place.lambda, "slow");
    expect(error).toBe("Unhandled");
    expect(value).toEqual({ errorType: "Sandbox.Timedout", errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/) as string });
    expect(log).toMatch(/\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f-]{36} Task timed out after 1\.00 seconds\nEND RequestId/);
    expect(log).toMatch(/\tStatus: timeout\t\n$/);
  });

  test("when it takes more memory than it has", async () => {
    await makeFunction(place, "hungry", { files: js("const all = []; for (;;) all.push(Buffer.alloc(8_000_000, 1))"), Timeout: 20 });
    const { error, value, log } = await call(place.lambda, "hungry");
    expect(error).toBe("Unhandled");
    expect(value).toEqual({ errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/Error: Runtime exited with error: signal: killed$/) as string });
    expect(log).toMatch(/Max Memory Used: 128 MB\t.*Status: error\tError Type: Runtime\.OutOfMemory/);
  });
});

describe("a Python handler", () => {
  const py = (body: string): Files => ({ "lambda_function.py": body });
  const python = { Runtime: "python3.12" as const, Handler: "lambda_function.lambda_handler", Timeout: 10 };

  test("gets event and context, logs and answers", async () => {
    await makeFunction(place, "py", { ...python, files: py("import logging\ndef lambda_handler(event, context):\n    print('hello')\n    logging.getLogger().warning('careful')\n    return {'got': event, 'name': context.function_name, 'left': context.get_remaining_time_in_millis() > 8000}") });
    const { value, log } = await call(place.lambda, "py", { a: [1] });
    expect(value).toEqual({ got: { a: [1] }, name: "py", left: true });
    expect(log).toMatch(/\nhello\n\[WARNING\]\t\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z\t[0-9a-f-]{36}\tcareful\nEND/);
  });

  test.each([
    ["raises", "def lambda_handler(event, context):\n    raise ValueError('no dogs')", { errorMessage: "no dogs", errorType: "ValueError", requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, stackTrace: ['  File "/var/task/lambda_function.py", line 2, in lambda_handler\n    raise ValueError(\'no dogs\')\n'] }],
    ["imports what is not there", "import nothing_like_it", { errorMessage: "Unable to import module 'lambda_function': No module named 'nothing_like_it'", errorType: "Runtime.ImportModuleError", requestId: "", stackTrace: [] }],
    ["is missing", "x = 1", { errorMessage: "Handler 'lambda_handler' missing on module 'lambda_function'", errorType: "Runtime.HandlerNotFound" }],
    ["returns what JSON cannot say", "def lambda_handler(event, context):\n    return {1, 2}", { errorMessage: "Unable to marshal response: Object of type set is not JSON serializable", errorType: "Runtime.MarshalError" }],
    ["leaves", "import sys\ndef lambda_handler(event, context):\n    sys.exit(3)", { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/exit status 3$/) as string }],
  ])("that %s is told as AWS tells it", async (what, body, expected) => {
    const name = `py-${what.replaceAll(" ", "-")}`;
    await makeFunction(place, name, { ...python, files: py(body) });
    const { error, value } = await call(place.lambda, name);
    expect({ error, value }).toMatchObject({ error: "Unhandled", value: expected });
  });
});

describe("Invoke", () => {
  test("takes whole and partial ARNs and $LATEST, and says which version ran", async () => {
    await makeFunction(place, "named", { files: js("return context.invokedFunctionArn") });
    for (const FunctionName of ["arn:aws:lambda:us-east-1:000000000000:function:named", "000000000000:function:named", "named:$LATEST"]) {
      const { ExecutedVersion } = await place.lambda.send(new InvokeCommand({ FunctionName }));
      expect(ExecutedVersion).toBe("$LATEST");
    }
    expect((await call(place.lambda, { FunctionName: "named", Qualifier: "$LATEST" })).value).toBe("arn:aws:lambda:us-east-1:000000000000:function:named:$LATEST");
    expect(await refusal(call(place.lambda, { FunctionName: "named", Qualifier: "7" }))).toMatchObject({ name: "ResourceNotFoundException", message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:named:7" });
  });

  test("with DryRun answers 204 and runs nothing", async () => {
    await makeFunction(place, "dry-run", { files: js("throw new Error('ran')") });
    expect(await call(place.lambda, { FunctionName: "dry-run", InvocationType: "DryRun" })).toMatchObject({ status: 204, error: undefined });
  });

  test("without a payload hands over an empty object", async () => {
    await makeFunction(place, "empty", { files: js("return event") });
    const { Payload } = await place.lambda.send(new InvokeCommand({ FunctionName: "empty" }));
    expect(Buffer.from(Payload ?? []).toString()).toBe("{}");
  });

  test("hands over and brings back up to 6 MB, in any language", async () => {
    await makeFunction(place, "large", { files: js("return event"), MemorySize: 512, Timeout: 20 });
    const text = "Ünïcödé 🐕 ".repeat(300_000);
    const { Payload } = await place.lambda.send(new InvokeCommand({ FunctionName: "large", Payload: Buffer.from(JSON.stringify(text)) }));
    expect(JSON.parse(Buffer.from(Payload ?? []).toString()) === text).toBe(true);
  });

  test("refuses what is no JSON and what is too large", async () => {
    await makeFunction(place, "strict", { files: js("return 1") });
    expect(await refusal(place.lambda.send(new InvokeCommand({ FunctionName: "strict", Payload: Buffer.from("{bad") })))).toMatchObject({ name: "InvalidRequestContentException", status: 400 });
    expect(await refusal(place.lambda.send(new InvokeCommand({ FunctionName: "strict", Payload: Buffer.from(`"${"x".repeat(6_291_456)}"`) })))).toMatchObject({ name: "RequestTooLargeException", status: 413 });
    expect(await refusal(place.lambda.send(new InvokeCommand({ FunctionName: "strict", InvocationType: "Event", Payload: Buffer.from(`"${"x".repeat(1_048_576)}"`) })))).toMatchObject({ name: "RequestTooLargeException", status: 413 });
  });
});

test("a function cannot change its code, and sees neither the server's files nor root's keys", async () => {
  await makeFunction(place, "nosy", { files: js(`
    const fs = require('fs');
    const tried = (work) => { try { return String(work()) } catch (error) { return error.code } };
    return {
      write: tried(() => fs.writeFileSync('/var/task/index.js', 'x')), tmp: tried(() => fs.writeFileSync('/tmp/mine', 'x') ?? 'ok'),
      data: tried(() => fs.readdirSync(event.folder)), keys: Object.entries(process.env).filter(([, value]) => value === 'test').map(([name]) => name),
    }`), Timeout: 10 });
  const { value } = await call(place.lambda, "nosy", { folder: place.cloud.folder });
  expect(value).toMatchObject({ tmp: "ok", keys: [] });
  expect((value as { write: string }).write).toMatch(/^(EACCES|EROFS|EPERM)$/);
  expect((value as { data: string }).data).not.toContain("records.sqlite");
});
