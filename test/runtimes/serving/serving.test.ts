import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/shared/clock.ts";
import { openServingRuntimes, ServerFailed, type RunningServer, type ServedContainer } from "../../../src/runtimes/serving/index.ts";
import type { Machine } from "../../../src/machines/index.ts";
import { startHost, type TestHost } from "../../machines/support.ts";
import { dogtools, NO_INDEX } from "../support.ts";

const SERVER = `
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
console.log("loading");
createServer((request, response) => {
  if (request.url === "/ping") return response.end();
  if (request.url === "/die") { console.error("cannot go on"); process.exit(9); }
  response.end(readFileSync("/opt/ml/model/answer"));
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), process.env.SAGEMAKER_BIND_ADDRESS);
`;

async function serve(cloud: TestHost, model: Readonly<Record<string, string | Buffer>>, container: Partial<ServedContainer> = {}): Promise<{ readonly machine: Machine; readonly server: RunningServer }> {
  const machine = await cloud.machine({ memoryMiB: 512 });
  const mlFolder = join(machine.folder, "ml");
  for (const [name, text] of Object.entries(model)) {
    mkdirSync(dirname(join(mlFolder, "model", name)), { recursive: true });
    writeFileSync(join(mlFolder, "model", name), typeof text !== "string" ? text : text.replaceAll("/opt/ml", cloud.host.isolation.files === "mount-namespace" ? "/opt/ml" : mlFolder));
  }
  const server = await openServingRuntimes({ isolation: cloud.host.isolation, clock: systemClock, python: undefined, environment: NO_INDEX }).start(machine, {
    image: "node-inference", mlFolder, region: "us-east-1", environment: {}, endpoint: "http://127.0.0.1:1", healthPatience: 20_000,
    credentials: { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token" }, onLine: async () => undefined, signal: new AbortController().signal,
    ...container,
  });
  return { machine, server };
}

test("two servers listen at addresses of their own, and answer from their own models", async () => {
  await using cloud = await startHost();
  const [one, other] = await Promise.all([serve(cloud, { "code/serve.mjs": SERVER, answer: "one" }), serve(cloud, { "code/serve.mjs": SERVER, answer: "other" })]);
  expect(one.server.address).not.toBe(other.server.address);
  const ask = async (server: RunningServer): Promise<string> => (await fetch(`http://${server.address}:${server.port}/invocations`, { method: "POST" })).text();
  expect([await ask(one.server), await ask(other.server)]).toEqual(["one", "other"]);
  await one.server.stop(5_000);
  await expect(ask(one.server)).rejects.toThrow();
  expect(await ask(other.server)).toBe("other");
});

test("a server that dies is told with its last words", async () => {
  await using cloud = await startHost();
  const { server } = await serve(cloud, { "code/serve.mjs": SERVER, answer: "one" });
  await fetch(`http://${server.address}:${server.port}/die`).catch(() => undefined);
  expect(await server.exited).toBe("The container exited with code 9. Its last words: loading\ncannot go on");
});

test("a server that exits before it is healthy fails at once with its own words", async () => {
  await using cloud = await startHost();
  const began = performance.now();
  await expect(serve(cloud, { "code/serve.py": "raise SystemExit('the weights are not there')" }, { image: "python" })).rejects.toThrow(new ServerFailed("The primary container did not pass the ping health check. Please check CloudWatch logs for this endpoint. The container exited with code 1. Its last words: the weights are not there"));
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("a server that never listens is given up at its patience and ended", async () => {
  await using cloud = await startHost();
  await expect(serve(cloud, { "code/serve.py": "import time\nprint('thinking')\ntime.sleep(600)" }, { image: "python", healthPatience: 1_000 }))
    .rejects.toThrow("The container did not answer GET /ping with 200 within 1 s. Its last words: thinking");
});

test("a start that is no longer wanted ends its server", async () => {
  await using cloud = await startHost();
  const gone = new AbortController();
  const start = serve(cloud, { "code/serve.py": "import time\ntime.sleep(600)" }, { image: "python", signal: gone.signal });
  setTimeout(() => gone.abort(new Error("deleted")), 200);
  await expect(start).rejects.toThrow("deleted");
});

test("a server that eats its memory says so", async () => {
  await using cloud = await startHost();
  await expect(serve(cloud, { "code/serve.py": "hoard = [bytearray(b'1') * (1 << 20) for _ in range(5000)]" }, { image: "python" })).rejects.toThrow(/The container ran out of memory: it reached \d+ MiB and has 512 MiB/);
});

test("the built-in algorithm's server says what is wrong with an artifact", async () => {
  await using cloud = await startHost();
  await expect(serve(cloud, { "model.onnx": "no model" }, { image: "811284229777.dkr.ecr.us-east-1.amazonaws.com/image-classification:1" })).rejects.toThrow(/The container exited with code 1\. .*could not be loaded/s);
});

test("an artifact without its script, and an unknown image, are refused by name", async () => {
  await using cloud = await startHost();
  await expect(serve(cloud, { answer: "x" })).rejects.toThrow("The model artifact holds no code/serve.mjs.");
  const runtimes = openServingRuntimes({ isolation: cloud.host.isolation, clock: systemClock, python: undefined });
  expect(runtimes.find("node-inference:1")).toEqual({ kind: "found" });
  expect(runtimes.find("763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.1")).toMatchObject({ kind: "refused", reason: expect.stringContaining("not one that Sagebrush can serve") as unknown });
});

test("requirements beside the code are installed into an environment of the machine's own; those that cannot be met fail the server with pip's words", { timeout: 60_000 }, async () => {
  await using cloud = await startHost();
  const inference = "import dogtools\ndef model_fn(d): return dogtools.BREEDS\ndef predict_fn(data, model): return data + model\n";
  const lines: string[] = [];
  const container = { image: "python", onLine: async (line: string) => void lines.push(line), environment: { SAGEMAKER_MODEL_SERVER_WORKERS: "1" } };
  const wheel = "dogtools-1.0-py3-none-any.whl";
  const { server } = await serve(cloud, { "code/inference.py": inference.replace("data + model", "int(data) + model"), [`code/${wheel}`]: dogtools(), "code/requirements.txt": `# of the team\n/opt/ml/model/code/${wheel}\n` }, container);
  expect(lines[0]).toMatch(/^requirements\.txt: installing .*dogtools-1\.0/);
  const answer = await fetch(`http://${server.address}:${server.port}/invocations`, { method: "POST", body: "1", headers: { "content-type": "application/json", accept: "application/json" } });
  expect([answer.status, await answer.text()]).toEqual([200, "134"]);
  await expect(serve(cloud, { "code/inference.py": inference, "code/requirements.txt": "no-such-package-anywhere>=1\n" }, container)).rejects.toThrow(/did not pass the ping health check\..* requirements\.txt could not be installed: .*No matching distribution found for no-such-package-anywhere/s);
});
