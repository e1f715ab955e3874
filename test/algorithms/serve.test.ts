import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLASSES, createJob, picture, program, type Job } from "./support/job.ts";

let job: Job;
let server: ChildProcess;
let address = "";

/** Starts the server on a free port and waits until it says where it listens. */
async function start(environment: Readonly<Record<string, string>>): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const child = spawn(process.execPath, [program("serve")], { env: { SAGEBRUSH_VCPUS: "1", SAGEMAKER_BIND_TO_PORT: "0", ...environment } });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    log += chunk.toString();
    const found = /on (http:\S+)/.exec(log)?.[1];
    if (found !== undefined) return { child, address: found };
  }
  throw new Error(`The server did not start: ${log}`);
}

const invoke = async (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>, at = address): Promise<{ status: number; type: string | null; text: string }> => {
  const response = await fetch(`${at}/invocations`, { method: "POST", headers, body });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

beforeAll(async () => {
  job = await createJob();
  await job.train();
  ({ child: server, address } = await start({ SAGEBRUSH_ML_ROOT: job.root }));
});
afterAll(async () => {
  server.kill();
  await job[Symbol.asyncDispose]();
});

describe("the model server", () => {
  it("answers its health check", async () => {
    expect((await fetch(`${address}/ping`)).status).toBe(200);
  });
  it.each(["application/x-image", "image/jpeg"])("answers %s with the probabilities of the classes, as AWS's does", async (type) => {
    for (const [label, name] of CLASSES.entries()) {
      const answer = await invoke(await picture(name, 77_000 + label), { "content-type": type });
      expect(answer).toMatchObject({ status: 200, type: "application/json" });
      const probabilities = JSON.parse(answer.text) as number[];
      expect(probabilities).toHaveLength(3);
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(probabilities.indexOf(Math.max(...probabilities))).toBe(label);
    }
  });
  it("answers in JSON Lines when asked", async () => {
    const answer = await invoke(await picture("sea", 5), { "content-type": "application/x-image", accept: "application/jsonlines" });
    expect(answer.type).toBe("application/jsonlines");
    expect(answer.text).toMatch(/^\{"prediction":\[[\d.,e-]+\]\}\n$/);
  });
  it("answers with labels when asked for the extension", async () => {
    const answer = await invoke(await picture("wood", 5), { "content-type": "application/x-image", accept: "application/json;verbose" });
    expect(JSON.parse(answer.text)).toMatchObject({ labels: CLASSES, predicted_label: "wood" });
  });
  it("takes a picture in JSON as an extension", async () => {
    const image = Buffer.from(await picture("fire", 6)).toString("base64");
    const answer = await invoke(JSON.stringify({ image }), { "content-type": "application/json", accept: "application/json;verbose=true" });
    expect(JSON.parse(answer.text)).toMatchObject({ predicted_label: "fire" });
  });
  it.each([
    ["text", "hello", { "content-type": "application/x-image" }, 400, "The picture is neither a JPEG nor a PNG picture."],
    ["nothing", "", { "content-type": "application/x-image" }, 400, "The picture is empty (0 bytes)."],
    ["another content type", "hello", { "content-type": "text/csv" }, 415, "Content type text/csv is not supported"],
    ["another answer form", "hello", { "content-type": "application/x-image", accept: "text/html" }, 406, "Accept text/html is not supported"],
    ["broken JSON", "{", { "content-type": "application/json" }, 400, "The body is not valid JSON."],
    ["JSON without a picture", "{}", { "content-type": "application/json" }, 400, 'The JSON must hold either "url" or "image"'],
    ["null", "null", { "content-type": "application/json" }, 400, 'The JSON must hold either "url" or "image"'],
    ["no base64", '{"image":"%%%"}', { "content-type": "application/json" }, 400, '"image" is not base64.'],
    ["a file url", '{"url":"file:///etc/passwd"}', { "content-type": "application/json" }, 400, "Pictures are fetched over http and https only, not file."],
    ["a loopback address", '{"url":"http://127.0.0.1:9/x.jpg"}', { "content-type": "application/json" }, 400, "127.0.0.1 is not on the public internet"],
    ["a loopback address in disguise", '{"url":"http://[::ffff:7f00:1]:9/x.jpg"}', { "content-type": "application/json" }, 400, "is not on the public internet"],
    ["a loopback name", '{"url":"http://localhost:9/x.jpg"}', { "content-type": "application/json" }, 400, "localhost is not on the public internet"],
    ["the metadata address", '{"url":"http://169.254.169.254/latest/"}', { "content-type": "application/json" }, 400, "169.254.169.254 is not on the public internet"],
  ])("refuses %s with a clear text", async (_, body, headers, status, text) => {
    const answer = await invoke(body, headers);
    expect(answer.text).toContain(text);
    expect(answer.status).toBe(status);
  });
  it("refuses a body beyond its limit, and other paths and methods", async () => {
    expect((await invoke(new Uint8Array(9 * 1024 * 1024), { "content-type": "application/x-image" })).status).toBe(413);
    expect((await fetch(`${address}/models`)).status).toBe(404);
    expect((await fetch(`${address}/invocations`)).status).toBe(405);
  });
  it("answers many callers at once", async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, async (_, index) => invoke(await picture(CLASSES[index % 3] ?? "sea", index), { "content-type": "application/x-image" })));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
  });
});

describe("a model server that may fetch from private addresses", () => {
  let pictures: Server;
  let child: ChildProcess;
  let at = "";
  let origin = "";
  beforeAll(async () => {
    const jpeg = await picture("sea", 3);
    pictures = createServer((request, response) => {
      if (request.url === "/sea.jpg") response.end(jpeg);
      else if (request.url === "/moved") response.writeHead(302, { location: "/sea.jpg" }).end();
      else if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end();
      else if (request.url === "/huge") response.end(new Uint8Array(7 * 1024 * 1024));
      else response.writeHead(404).end();
    }).listen(0, "127.0.0.1");
    await once(pictures, "listening");
    origin = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}`;
    ({ child, address: at } = await start({ SAGEBRUSH_ML_ROOT: job.root, SAGEBRUSH_ALLOW_PRIVATE_URLS: "1" }));
  });
  afterAll(() => {
    child.kill();
    pictures.close();
  });
  const byUrl = (url: string): ReturnType<typeof invoke> => invoke(JSON.stringify({ url }), { "content-type": "application/json", accept: "application/json;verbose" }, at);
  it("fetches the picture of a url, also where it moved to", async () => {
    expect(JSON.parse((await byUrl(`${origin}/sea.jpg`)).text)).toMatchObject({ predicted_label: "sea" });
    expect(JSON.parse((await byUrl(`${origin}/moved`)).text)).toMatchObject({ predicted_label: "sea" });
  });
  it("gives up on redirects without end, on huge files and on absent ones", async () => {
    expect(await byUrl(`${origin}/loop`)).toMatchObject({ status: 400, text: "More than 3 redirects." });
    expect(await byUrl(`${origin}/huge`)).toMatchObject({ status: 400, text: "The picture is larger than 6 MiB." });
    expect(await byUrl(`${origin}/none.jpg`)).toMatchObject({ status: 400, text: expect.stringContaining("answered with status 404.") as string });
  });
});

describe("a model server's end", () => {
  it("comes in order when it is told to", async () => {
    const { child } = await start({ SAGEBRUSH_ML_ROOT: job.root });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("a model server without a model", () => {
  it("ends and says why", async () => {
    const root = join(job.root, "elsewhere");
    await mkdir(join(root, "model"), { recursive: true });
    await writeFile(join(root, "model", "model.onnx"), "nothing");
    await expect(start({ SAGEBRUSH_ML_ROOT: root })).rejects.toThrow("could not be loaded");
  });
});
