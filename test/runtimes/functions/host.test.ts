import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HOUR, MINUTE, plus } from "../../../src/base/instant.ts";
import { decidePlacement } from "../../../src/decide/placement/index.ts";
import { openMachineHost, type MachineHost } from "../../../src/machines/index.ts";
import { chooseRuntime, findInterpreters, startFunctionHost, type FunctionHost, type FunctionTarget, type InvocationResult } from "../../../src/runtimes/functions/index.ts";
import { createAdjustableClock, type AdjustableClock } from "../../../src/shared/clock.ts";
import { uuid } from "../../../src/shared/ids.ts";
import { silentLog } from "../../../src/shared/log.ts";
import { systemRandom } from "../../../src/shared/random.ts";

let folder: string;
let clock: AdjustableClock;
let machines: MachineHost;
let host: FunctionHost;
let lines: string[];
let roleIsThere: Promise<void>;
/** When the credentials end that were given out. */
let expiries: Map<string, number>;
beforeEach(async () => {
  roleIsThere = Promise.resolve();
  expiries = new Map();
  folder = mkdtempSync(join(tmpdir(), "functions-"));
  clock = createAdjustableClock();
  lines = [];
  machines = await openMachineHost({ folder: join(folder, "machines"), clock, log: silentLog, place: (question) => decidePlacement(question) });
  host = await startFunctionHost({
    machines, clock, random: systemRandom, endpoint: () => "http://127.0.0.1:1",
    assumeRole: async () => {
      await roleIsThere;
      const accessKeyId = `ASIA${expiries.size}`;
      expiries.set(accessKeyId, plus(clock.now(), HOUR));
      return { accessKeyId, secretAccessKey: "secret", sessionToken: "token", expires: plus(clock.now(), HOUR) };
    },
    openLogStream: (_target, name) => ({ name, write: (message) => void lines.push(message), flush: () => undefined }),
  });
});
afterEach(async () => {
  await host.stop();
  await machines.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

async function target(name: string, code: string, more: Partial<FunctionTarget> = {}): Promise<FunctionTarget> {
  const codeFolder = join(folder, "code", name);
  mkdirSync(codeFolder, { recursive: true });
  writeFileSync(join(codeFolder, "index.js"), code);
  const choice = await chooseRuntime("nodejs24.x", findInterpreters());
  if (choice.kind === "unsupported") throw new Error(choice.reason);
  return {
    arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`, name, version: "$LATEST", revision: "1", runtime: choice.runtime, handler: "index.handler",
    role: "arn:aws:iam::000000000000:role/r", memoryMiB: 128, timeoutMs: 10_000, environment: {}, codeFolder, region: "us-east-1", logGroup: `/aws/lambda/${name}`, ...more,
  };
}

const invoke = (fn: FunctionTarget, event: unknown = {}): Promise<InvocationResult> =>
  host.invoke(fn, { requestId: uuid(systemRandom), payload: Buffer.from(JSON.stringify(event)), invokedArn: fn.arn, traceId: "Root=1-0-0" });
const valueOf = (result: InvocationResult): unknown => JSON.parse(Buffer.from(result.payload).toString());

test("a warm environment is used again, and reclaimed when nobody has called for ten minutes", async () => {
  const fn = await target("warm", "let n = 0; exports.handler = async () => ++n");
  expect(valueOf(await invoke(fn))).toBe(1);
  expect(valueOf(await invoke(fn))).toBe(2);
  expect(host.count(fn.arn)).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  clock.advance(11 * MINUTE);
  await expect.poll(() => host.count(fn.arn)).toBe(0);
  expect(valueOf(await invoke(fn))).toBe(1);
});

test("an environment whose credentials are about to end is replaced before it is used", async () => {
  const fn = await target("credentials", "exports.handler = async () => process.env.AWS_ACCESS_KEY_ID");
  const used = new Set<string>();
  for (let minutes = 0; minutes < 90; minutes += 9) {
    const key = String(valueOf(await invoke(fn)));
    used.add(key);
    expect(expiries.get(key)).toBeGreaterThan(clock.now() + fn.timeoutMs);
    clock.advance(9 * MINUTE);
  }
  expect(used.size).toBeGreaterThan(1);
});

test("an environment that is never idle is replaced as well, before its credentials end", async () => {
  // Busy for a moment after its answer, so that the next call comes before it has asked for one.
  const fn = await target("busy", "let n = 0; exports.handler = async () => { setImmediate(() => { for (const end = Date.now() + 12; Date.now() < end;); }); return ++n }");
  expect(valueOf(await invoke(fn))).toBe(1);
  clock.advance(59 * MINUTE);
  expect(valueOf(await invoke(fn))).toBe(1);
});

test("changed code runs in new environments; one that is busy finishes first", async () => {
  const slow = await target("changed", "exports.handler = async (event) => { await new Promise((r) => setTimeout(r, event.wait ?? 0)); return process.env.V }", { environment: { V: "old" } });
  const running = invoke(slow, { wait: 500 });
  await expect.poll(() => lines.some((line) => line.startsWith("START"))).toBe(true);
  const changed = { ...slow, revision: "2", environment: { V: "new" } };
  const retired = host.retire(slow.arn, "2");
  expect(valueOf(await invoke(changed))).toBe("new");
  expect(valueOf(await running)).toBe("old");
  await retired;
  expect(host.count(slow.arn)).toBe(1);
});

test("code is not retired from under an environment that is about to start with it", async () => {
  const fn = await target("starting", "exports.handler = async () => 'old'");
  const gate = Promise.withResolvers<void>();
  roleIsThere = gate.promise;
  const running = invoke(fn);
  const retired = host.retire(fn.arn, "2").then(() => rmSync(fn.codeFolder, { recursive: true }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  gate.resolve();
  expect(valueOf(await running)).toBe("old");
  await retired;
  expect(host.count(fn.arn)).toBe(0);
});

test("a flood of output neither stalls the answer nor fills memory", async () => {
  const fn = await target("flood", "exports.handler = async () => { const line = 'x'.repeat(999) + '\\n'; for (let n = 0; n < 20_000; n += 1) process.stdout.write(line); return 'done' }", { memoryMiB: 512, timeoutMs: 30_000 });
  const result = await invoke(fn);
  expect(valueOf(result)).toBe("done");
  expect(result.logTail).toHaveLength(4096);
  expect(lines.filter((line) => line.startsWith("xxx"))).toHaveLength(20_000);
});

test("an endless loop is ended at its timeout", async () => {
  const loop = await target("loop", "exports.handler = async () => { for (;;); }", { timeoutMs: 1000 });
  expect(valueOf(await invoke(loop))).toMatchObject({ errorType: "Sandbox.Timedout" });
  await expect.poll(() => host.count(loop.arn)).toBe(0);
});

test("nobody speaks for an environment without its token, and none for another's invocation", async () => {
  const fn = await target("tokens", `
    const http = require('node:http');
    const ask = (method, path, headers) => new Promise((resolve, reject) => http.request('http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime' + path, { method, headers }, (r) => { r.resume(); resolve(r.statusCode) }).on('error', reject).end());
    exports.handler = async () => [process.env.SAGEBRUSH_RUNTIME_TOKEN ?? null, await ask('GET', '/invocation/next', {}), await ask('POST', '/invocation/other/response', { 'sagebrush-runtime-token': 'guessed' })]`);
  expect(valueOf(await invoke(fn))).toEqual([null, 403, 403]);
});

test("connections that say nothing cannot take all the server's file descriptors", async () => {
  const fn = await target("hoards", `
    const net = require('node:net');
    const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
    let closed = 0;
    exports.handler = async () => {
      for (let n = 0; n < 2100; n++) {
        await new Promise((resolve) => { const socket = net.connect({ host, port: Number(port) }, resolve); socket.on('error', () => resolve()).on('close', () => closed++); });
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      return closed;
    }`, { memoryMiB: 256, timeoutMs: 20_000 });
  const closed = valueOf(await invoke(fn));
  expect(closed).toBeGreaterThanOrEqual(100);
  expect(closed).toBeLessThan(2000);
}, 30_000);
