import { readdirSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { presign } from "../support/presign.ts";
import { must, type Part } from "./support/part.ts";
import { startProgram, temporaryFolder } from "./support/program.ts";

const UPLOADS = 40;
const OBJECT_BYTES = 16 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 0x5a);

/** Sends the head and part of the body, then is gone. */
async function breakOff(url: string, bytes: number): Promise<void> {
  const { hostname, port, pathname, search, host } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port) });
  socket.on("error", () => undefined);
  socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${OBJECT_BYTES}\r\n\r\n`);
  for (let sent = 0; sent < bytes; sent += PIECE.length) {
    if (!socket.write(PIECE)) await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), sleep(2000)]);
  }
  socket.destroy();
}

export const uploads: Part = {
  name: `${UPLOADS} clients that disconnect in the middle of an upload`,
  async run({ random, say }) {
    using folder = temporaryFolder("uploads");
    const server = startProgram(["serve", "--port", "0", "--data", folder.path]);
    try {
      const endpoint = (await server.until(/ready at (\S+)/, 30_000))[1] ?? "";
      const s3 = new S3Client({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, forcePathStyle: true });
      await s3.send(new CreateBucketCommand({ Bucket: "torn" }));
      let sent = 0;
      await Promise.all(Array.from({ length: UPLOADS }, async (_, index) => {
        const bytes = Math.floor(random.fraction() * OBJECT_BYTES * 0.9);
        sent += bytes;
        await breakOff(presign({ endpoint, method: "PUT", path: `/torn/object-${index}` }), bytes);
      }));
      const leftovers = (): readonly string[] => readdirSync(join(folder.path, "blobs"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name);
      for (let waited = 0; leftovers().length > 0 && waited < 50; waited++) await sleep(100);
      must(leftovers().length === 0, `files left of uploads that broke off: ${leftovers().join(", ")}`);
      const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: "torn" }));
      must(KeyCount === 0, `${KeyCount} objects of uploads that broke off`);
      must((await s3.send(new ListMultipartUploadsCommand({ Bucket: "torn" }))).Uploads === undefined, "no multipart upload");
      must(!/error /.test(server.said()), `the server failed: ${server.said().slice(0, 1000)}`);
      say(`${(sent / 1024 / 1024).toFixed(0)} MiB sent by ${UPLOADS} clients; no object, no file, no error is left`);
    } finally {
      must(await server.stop() === 0, "the server stops well");
    }
  },
};
