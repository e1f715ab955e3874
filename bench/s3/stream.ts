// `node bench/s3/stream.ts [GiB]`: puts and gets one object by the AWS SDK (aws-chunked, CRC32 trailer), and tells how far the
// server's resident memory grew. The aim of docs is at most 64 MiB for 2 GiB. Exits 1 above it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const LIMIT_MIB = 64;
const MiB = 1024 * 1024;
const size = Number(process.argv[2] ?? 2) * 1024 * MiB;
const folder = mkdtempSync(join(tmpdir(), "sagebrush-bench-"));
const server = spawn(process.execPath, [join(import.meta.dirname, "server.ts"), folder], { stdio: ["pipe", "pipe", "inherit"] });

const memory = (field: "VmRSS" | "VmHWM"): number =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function* pieces(): Generator<Buffer> {
  const piece = Buffer.alloc(64 * 1024, 0x5a);
  for (let left = size; left > 0; left -= piece.length) yield left < piece.length ? piece.subarray(0, left) : piece;
}

async function measured(name: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(memory("VmRSS")), 50);
  await work();
  clearInterval(timer);
  const seconds = (performance.now() - started) / 1000;
  say(`${name}: ${seconds.toFixed(1)} s, ${(size / MiB / seconds).toFixed(0)} MiB/s, server's resident memory at most ${Math.max(...samples).toFixed(0)} MiB`);
}

try {
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  const s3 = new S3Client({ endpoint: line.toString().trim(), region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "bench-bucket" }));
  // Once small, so that what loads once is not counted as growth.
  await s3.send(new PutObjectCommand({ Bucket: "bench-bucket", Key: "warm", Body: Buffer.alloc(8 * MiB) }));
  await (await s3.send(new GetObjectCommand({ Bucket: "bench-bucket", Key: "warm" }))).Body?.transformToByteArray();
  const before = memory("VmRSS");
  say(`before: ${before.toFixed(0)} MiB`);
  await measured("put", async () => {
    await s3.send(new PutObjectCommand({ Bucket: "bench-bucket", Key: "big", Body: Readable.from(pieces(), { objectMode: false }), ContentLength: size }));
  });
  await measured("get", async () => {
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: "bench-bucket", Key: "big" }));
    let got = 0;
    for await (const piece of body as AsyncIterable<Uint8Array>) got += piece.length;
    if (got !== size) throw new Error(`got ${got} of ${size} bytes`);
  });
  const growth = memory("VmHWM") - before;
  say(`growth: ${growth.toFixed(0)} MiB of at most ${LIMIT_MIB}`);
  process.exitCode = growth > LIMIT_MIB ? 1 : 0;
  s3.destroy();
} finally {
  server.stdin.end();
  await once(server, "exit");
  rmSync(folder, { recursive: true, force: true });
}
