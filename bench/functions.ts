/** `npm run bench -- functions`: the first call of a new Node function against the start of a bare Node, and the calls after it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { makeRole } from "./support/resources.ts";
import { load } from "./support/load.ts";
import { startServer, temporaryFolder, type Server } from "./support/server.ts";
import { signedBytes } from "./support/sign.ts";
import { list, median, type Row } from "./support/table.ts";

const COLD_RUNS = 9;
const WARM_RUNS = 5;
const COLD_AIM = 1.5;
const WARM_AIM_MS = 3;
const SOURCE = "export const handler = async (event) => ({ statusCode: 200, body: event.breed });\n";

async function zipped(source: string): Promise<Uint8Array> {
  const archive = new ZipFile();
  archive.addBuffer(Buffer.from(source), "index.mjs");
  archive.end();
  return buffer(archive.outputStream);
}

async function createFunction(server: Server, name: string, role: string): Promise<void> {
  const client = new LambdaClient(server.client);
  await client.send(new CreateFunctionCommand({ FunctionName: name, Runtime: "nodejs22.x", Handler: "index.handler", Role: role, MemorySize: 512, Timeout: 10, Code: { ZipFile: await zipped(SOURCE) } }));
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { FunctionName: name });
}

const invocation = ({ target }: Server, name: string): Buffer =>
  signedBytes({ method: "POST", path: `/2015-03-31/functions/${name}/invocations`, service: "lambda", body: Buffer.from('{"breed":"beagle"}'), headers: { "content-type": "application/json" } }, target);

/** From the start of the process to its end: what a machine pays at least for any Node. */
async function bareNodeMs(): Promise<number> {
  const started = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - started;
}

export async function measureFunctions(): Promise<readonly Row[]> {
  using data = temporaryFolder();
  await using server = await startServer(data.path);
  const role = await makeRole(server, { name: "bench-function", service: "lambda.amazonaws.com", actions: ["logs:*"] });
  const names = Array.from({ length: COLD_RUNS + 1 }, (_, index) => `bench-${index}`);
  for (const name of names) await createFunction(server, name, role);
  const once1 = { port: server.port, connections: 1, maxSeconds: 30 };
  const cold: number[] = [];
  const bare: number[] = [];
  for (const [index, name] of names.entries()) {
    const bareMs = await bareNodeMs();
    const { p50Ms } = await load(server.pid, { ...once1, maxRequests: 1, requests: [invocation(server, name)] });
    // The first loads what every later one finds loaded.
    if (index === 0) continue;
    cold.push(p50Ms);
    bare.push(bareMs);
  }
  const warm: number[] = [];
  let rate = 0;
  for (let run = 0; run < WARM_RUNS; run++) {
    const { p50Ms, perSecond } = await load(server.pid, { ...once1, warmUp: 100, maxRequests: 500, requests: [invocation(server, names[0] ?? "")] });
    warm.push(p50Ms);
    rate = perSecond;
  }
  const ratio = median(cold) / median(bare);
  return [
    { what: "function: cold start, Node", figure: `${median(cold).toFixed(0)} ms`, aim: `< ${COLD_AIM} × bare node`, met: ratio < COLD_AIM, note: `${ratio.toFixed(2)} × \`node -e 0\` (${median(bare).toFixed(0)} ms); ${list(cold)}` },
    { what: "function: warm call, p50", figure: `${median(warm).toFixed(2)} ms`, aim: `< ${WARM_AIM_MS} ms`, met: median(warm) < WARM_AIM_MS, note: `one connection, ${rate.toFixed(0)}/s; ${list(warm, 2)}` },
  ];
}
