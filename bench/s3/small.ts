// `node bench/s3/small.ts [seconds]`: small puts and gets over 16 connections, signed (presigned URLs, so that signing costs the
// load generator nothing). Prints requests per second and the server's CPU time per request.
import { spawn } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { presign } from "../../test/support/presign.ts";

const CONNECTIONS = 16;
const CLOCK_TICKS = 100; // per second: Linux's unit in /proc/<pid>/stat
const seconds = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), "sagebrush-bench-"));
const server = spawn(process.execPath, [join(import.meta.dirname, "server.ts"), folder], { stdio: ["pipe", "pipe", "inherit"] });
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

const send = (method: string, url: string, body: Buffer | undefined): Promise<number> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method, agent, headers: body ? { "content-length": body.length } : {} }, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
    });
    outgoing.once("error", reject).end(body);
  });

async function measure(name: string, one: (index: number) => Promise<number>): Promise<void> {
  let done = 0;
  const until = performance.now() + seconds * 1000;
  const cpu = cpuSeconds();
  await Promise.all(Array.from({ length: CONNECTIONS }, async (_, index) => {
    while (performance.now() < until) {
      const status = await one(index);
      if (status !== 200) throw new Error(`${name}: ${status}`);
      done += 1;
    }
  }));
  say(`${name.padEnd(12)} ${(done / seconds).toFixed(0).padStart(6)} requests/s, server ${(((cpuSeconds() - cpu) / done) * 1e6).toFixed(0)} us of CPU each`);
}

try {
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const endpoint = line.toString().trim();
  await send("PUT", presign({ endpoint, method: "PUT", path: "/bench-bucket" }), undefined);
  for (const kib of [1, 16, 64, 256]) {
    const body = Buffer.alloc(kib * 1024, 0x5a);
    const signed = (method: "GET" | "PUT"): string[] =>
      Array.from({ length: CONNECTIONS }, (_, index) => presign({ endpoint, method, path: `/bench-bucket/${kib}/${index}` }));
    const reads = signed("GET");
    await Promise.all(signed("PUT").map((url) => send("PUT", url, body)));
    let fresh = 0;
    const started = performance.now();
    for (let round = 0; round < 100; round += 1) hash("md5", body);
    say(`${kib} KiB: its MD5 alone takes ${((performance.now() - started) * 10).toFixed(0)} us on this machine now`);
    await measure(`put ${kib} KiB`, () => send("PUT", presign({ endpoint, method: "PUT", path: `/bench-bucket/fresh/${kib}/${(fresh += 1)}` }), body));
    await measure(`get ${kib} KiB`, (index) => send("GET", reads[index] ?? "", undefined));
  }
} finally {
  agent.destroy();
  server.stdin.end();
  await once(server, "exit");
  rmSync(folder, { recursive: true, force: true });
}
