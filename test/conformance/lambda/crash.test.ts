import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { call, LAMBDA_TRUST, makeFunction } from "./support.ts";

const PROGRAM = join(import.meta.dirname, "../../../bin/sagebrush.mjs");

interface Served {
  readonly child: ChildProcess;
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }; readonly maxAttempts: 1 };
}

async function serve(data: string): Promise<Served> {
  const child = spawn(process.execPath, [PROGRAM, "serve", "--port", "0", "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
  const endpoint = await new Promise<string>((resolve, reject) => {
    let output = "";
    const hear = (text: unknown): void => {
      output += String(text);
      const address = /ready at (http:\/\/\S+)/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("close", () => reject(new Error(output)));
  });
  return { child, client: { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 } };
}

const kill = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((resolve) => {
    child.once("close", () => resolve());
    child.kill(signal);
  });

const WORKER = {
  "index.js": `
    exports.handler = async ({ url, name }) => {
      await fetch(url + "/begun/" + name);
      const pulse = setInterval(() => fetch(url + "/pulse").catch(() => {}), 50);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      clearInterval(pulse);
      await fetch(url + "/done/" + name);
    };`,
};

test("kill -9 of the server ends the functions with it; after the next start every accepted event has run", async () => {
  const data = mkdtempSync(join(tmpdir(), "sagebrush-crash-"));
  const seen: string[] = [];
  const counter = createServer((request, response) => {
    seen.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => counter.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(counter.address() as AddressInfo).port}`;

  const first = await serve(data);
  const lambda = new LambdaClient(first.client);
  const { Role } = await new IAMClient(first.client).send(new CreateRoleCommand({ RoleName: "worker", AssumeRolePolicyDocument: LAMBDA_TRUST }));
  await makeFunction({ lambda, role: Role?.Arn ?? "" }, "worker", { files: WORKER, Timeout: 30 });
  for (const name of ["a", "b", "c", "d"]) await lambda.send(new InvokeCommand({ FunctionName: "worker", InvocationType: "Event", Payload: JSON.stringify({ url, name }) }));
  await expect.poll(() => seen.some((each) => each.startsWith("/begun/")), { timeout: 15_000 }).toBe(true);
  await kill(first.child, "SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 300));
  const pulses = seen.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(seen.length).toBe(pulses);

  const second = await serve(data);
  const again = new LambdaClient(second.client);
  expect(await again.send(new GetFunctionConfigurationCommand({ FunctionName: "worker" }))).toMatchObject({ State: "Active" });
  await expect.poll(() => new Set(seen.filter((each) => each.startsWith("/done/"))).size, { timeout: 30_000 }).toBe(4);
  expect((await call(again, "worker", { url, name: "last" })).error).toBeUndefined();
  await kill(second.child, "SIGTERM");
  counter.close();
  rmSync(data, { recursive: true, force: true });
}, 90_000);
