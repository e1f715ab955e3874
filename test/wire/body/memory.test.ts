import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openBody } from "../../../src/wire/body/index.ts";
import { collectHeaders } from "../../../src/wire/signature/index.ts";

const MEBIBYTE = 1024 * 1024;
/** A large upload is 2048; half a gibibyte shows as well whether memory follows the object. */
const MEBIBYTES = Number(process.env["UPLOAD_MIB"] ?? 512);
/**
 * V8 lets 64 MiB of dead buffers wait for a collection whatever the size of the upload (a bare `request.pipe` measures
 * 67 MiB too); with `node --max-semi-space-size=2`, as the server is run, the same upload measures 41.
 */
const ALLOWED_GROWTH_MIB = 96;

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
  const client = spawn(process.execPath, [fileURLToPath(new URL("upload.mjs", import.meta.url)), String((server.address() as AddressInfo).port), String(MEBIBYTES)], { stdio: ["ignore", "pipe", "inherit"] });
  expect(await text(client.stdout)).toBe("200 right");
  expect(received).toBe(MEBIBYTES * MEBIBYTE);
  expect((peak - before) / MEBIBYTE).toBeLessThan(ALLOWED_GROWTH_MIB);
  server.close();
});
