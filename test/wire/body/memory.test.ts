import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { expect, test } from "vitest";
import { createChecksum, openBody } from "../../../src/wire/body/index.ts";
import { collectHeaders } from "../../../src/wire/signature/index.ts";

const MEBIBYTE = 1024 * 1024;
const PIECE = Buffer.alloc(MEBIBYTE, 5);
/** A large upload is 2048; a quarter of a gibibyte shows as well whether memory follows the object. */
const MEBIBYTES = Number(process.env["UPLOAD_MIB"] ?? 256);

test("a large upload through a slow reader does not grow memory with its size", { timeout: 120_000 }, async () => {
  let peak = 0;
  let received = 0;
  const server = createServer((incoming, response) => {
    const body = openBody(incoming, { headers: collectHeaders(incoming.rawHeaders), payload: { kind: "chunked", seed: undefined, trailer: true } });
    const slow = new Writable({
      write: (piece: Buffer, _encoding, done) => {
        received += piece.length;
        peak = Math.max(peak, process.memoryUsage.rss());
        setImmediate(done);
      },
    });
    pipeline(body, slow).then(() => response.end(body.checksum?.value), (error: Error) => response.writeHead(400).end(error.name));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const before = process.memoryUsage.rss();
  const put = request({
    port: (server.address() as AddressInfo).port, host: "127.0.0.1", method: "PUT",
    headers: { "x-amz-trailer": "x-amz-checksum-crc32", "x-amz-decoded-content-length": String(MEBIBYTES * MEBIBYTE) },
  });
  const answered = once(put, "response");
  const checksum = createChecksum("CRC32");
  for (let piece = 0; piece < MEBIBYTES; piece++) {
    put.write("100000\r\n");
    put.write(PIECE);
    checksum.update(PIECE);
    if (!put.write("\r\n")) await once(put, "drain");
  }
  const value = await checksum.digest();
  put.end(`0\r\nx-amz-checksum-crc32:${value}\r\n\r\n`);
  const [response] = await answered as [NodeJS.ReadableStream];
  expect(await text(response)).toBe(value);
  expect(received).toBe(MEBIBYTES * MEBIBYTE);
  expect((peak - before) / MEBIBYTE).toBeLessThan(64);
  server.close();
});
