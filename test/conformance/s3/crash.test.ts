import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CreateBucketCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { presign } from "../../support/presign.ts";
import { BUCKET, failure, startS3 } from "./support.ts";

const MiB = 1024 * 1024;

/** Files that hold objects' bytes, finished or not. */
const files = (folder: string): string[] =>
  readdirSync(join(folder, "blobs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries += 1) await delay(50);
}

interface Victim {
  readonly s3: S3Client;
  readonly endpoint: string;
  /** kill -9 */
  kill(): Promise<void>;
}

async function startVictim(folder: string): Promise<Victim> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "crash-program.ts"), folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const endpoint = line.toString().trim();
  return {
    endpoint,
    s3: new S3Client({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, forcePathStyle: true, maxAttempts: 1 }),
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

/** Begins a PUT of 64 MiB that sends only its first 8. */
async function halfAnUpload(endpoint: string, path: string): Promise<{ destroy(): void }> {
  const url = new URL(presign({ endpoint, method: "PUT", path }));
  const socket = connect(Number(url.port), url.hostname);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(`PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: ${64 * MiB}\r\n\r\n`);
  await new Promise((resolve) => socket.write(Buffer.alloc(8 * MiB), resolve));
  return { destroy: () => void socket.destroy() };
}

test("what was acknowledged survives kill -9, what was not leaves nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-crash-"));
  try {
    const first = await startVictim(folder);
    await first.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    for (const [Key, size] of [["small", 10], ["middle", 100_000], ["large", 2 * MiB]] as const) {
      await first.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Buffer.alloc(size, 7) }));
    }
    const { UploadId } = await first.s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "parts" }));
    await first.s3.send(new UploadPartCommand({ Bucket: BUCKET, Key: "parts", UploadId, PartNumber: 1, Body: "part" }));
    const before = files(folder).length;
    const upload = await halfAnUpload(first.endpoint, `/${BUCKET}/half`);
    await until(() => files(folder).length > before);
    expect(files(folder).length).toBe(before + 1);
    await first.kill();
    upload.destroy();

    const second = await startVictim(folder);
    const { Contents } = await second.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents?.map((each) => [each.Key, each.Size])).toEqual([["large", 2 * MiB], ["middle", 100_000], ["small", 10]]);
    for (const Key of ["small", "middle", "large"]) {
      const body = await (await second.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToByteArray();
      expect(body?.every((byte) => byte === 7)).toBe(true);
    }
    await until(() => files(folder).length === before);
    expect(files(folder).length).toBe(before);
    await second.kill();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a client that disconnects in the middle leaves nothing", async () => {
  await using test = await startS3();
  const upload = await halfAnUpload(test.cloud.endpoint, `/${BUCKET}/half`);
  await until(() => files(test.cloud.folder).length === 1);
  expect(files(test.cloud.folder)).toHaveLength(1);
  upload.destroy();
  await until(() => files(test.cloud.folder).length === 0);
  expect(files(test.cloud.folder)).toEqual([]);
  expect((await failure(test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "half" })))).name).toBe("NoSuchKey");
});

test("files of what is replaced, deleted or refused go away", async () => {
  await using test = await startS3();
  const put = (more: object = {}): Promise<unknown> => test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: Buffer.alloc(MiB), ...more }));
  await put();
  await put();
  expect((await failure(put({ IfNoneMatch: "*" }))).name).toBe("PreconditionFailed");
  expect((await failure(put({ ContentMD5: Buffer.alloc(16).toString("base64") }))).name).toBe("BadDigest");
  await until(() => files(test.cloud.folder).length === 1);
  expect(files(test.cloud.folder)).toHaveLength(1);
  await test.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "key" }));
  await until(() => files(test.cloud.folder).length === 0);
  expect(files(test.cloud.folder)).toEqual([]);
});

test("who reads an object reads it to its end, whatever replaces it meanwhile", async () => {
  await using test = await startS3();
  const size = 32 * MiB;
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: Buffer.alloc(size, 1) }));
  const { Body: body } = await test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "key" }));
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: Buffer.alloc(MiB, 2) }));
  const got = (await body?.transformToByteArray()) ?? new Uint8Array();
  expect(got.length).toBe(size);
  expect(got.every((byte) => byte === 1)).toBe(true);
  await until(() => files(test.cloud.folder).length === 1);
  expect(files(test.cloud.folder)).toHaveLength(1);
});
