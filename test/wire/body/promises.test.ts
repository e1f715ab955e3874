import { createHash } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  CHECKSUM_ALGORITHMS, checksumHeader, createChecksum, decodeContent, decodedHeaders, openBody, readBody, type BodyOptions,
} from "../../../src/wire/body/index.ts";

const CONTENT = "the quick brown fox ".repeat(10_000);
const incoming = (content: string): Readable => Readable.from([Buffer.from(content.slice(0, 777)), Buffer.from(content.slice(777))], { objectMode: false });
const sha256 = createHash("sha256").update(CONTENT).digest("hex");
const md5 = createHash("md5").update(CONTENT).digest("base64");

async function outcome(options: Partial<BodyOptions>, content = CONTENT): Promise<string> {
  try {
    const body = openBody(incoming(content), { headers: {}, payload: { kind: "unsigned" }, ...options });
    return (await text(body)) === CONTENT ? "same" : "different";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function checksumOf(algorithm: (typeof CHECKSUM_ALGORITHMS)[number]): string {
  const checksum = createChecksum(algorithm);
  checksum.update(Buffer.from(CONTENT.slice(0, 5)));
  checksum.update(Buffer.from(CONTENT.slice(5)));
  return checksum.digest();
}

test("a body that keeps its promises passes unchanged", async () => {
  expect(await outcome({ payload: { kind: "hash", sha256 }, headers: { "content-md5": md5 } })).toBe("same");
});

test("a body that breaks a promise fails before its end", async () => {
  const other = `${CONTENT.slice(0, -1)}!`;
  expect(await outcome({ payload: { kind: "hash", sha256 } }, other)).toBe("XAmzContentSHA256Mismatch");
  expect(await outcome({ headers: { "content-md5": md5 } }, other)).toBe("BadDigest");
  expect(await outcome({ headers: { "content-md5": "not base64 of 16 bytes" } })).toBe("InvalidDigest");
});

test.each(CHECKSUM_ALGORITHMS)("a %s is checked in a header and in a trailer", async (algorithm) => {
  const value = checksumOf(algorithm);
  const header = checksumHeader(algorithm);
  expect(await outcome({ headers: { [header]: value } })).toBe("same");
  expect(await outcome({ headers: { [header]: value } }, `${CONTENT}!`)).toBe("BadDigest");
  expect(await outcome({ headers: { [header]: "AAAA" } })).toBe("InvalidRequest");
  const trailing = (given: string): Promise<string> => outcome(
    { payload: { kind: "chunked", seed: undefined, trailer: true }, headers: { "x-amz-trailer": header, "x-amz-decoded-content-length": String(CONTENT.length) } },
    `${CONTENT.length.toString(16)}\r\n${CONTENT}\r\n0\r\n${given}\r\n`,
  );
  expect(await trailing(`${header}:${value}\r\n`)).toBe("same");
  expect(await trailing(`${header}:${Buffer.from(Buffer.from(value, "base64").map((byte) => byte ^ 1)).toString("base64")}\r\n`)).toBe("BadDigest");
  expect(await trailing("")).toBe("MalformedTrailerError");
});

// The check values of the CRC catalogue for "123456789" (https://reveng.sourceforge.io/crc-catalogue/all.htm)
test.each([
  ["CRC32", "cbf43926"], ["CRC32C", "e3069283"], ["CRC64NVME", "ae8b14860a799888"],
] as const)("%s of 123456789 is the catalogue's %s", (algorithm, hex) => {
  const checksum = createChecksum(algorithm);
  checksum.update(Buffer.from("123456789"));
  expect(Buffer.from(checksum.digest(), "base64").toString("hex")).toBe(hex);
});

test("the checksum of the whole object, given when completing an upload, is not held against the request's XML", async () => {
  expect(await outcome({ operation: "CompleteMultipartUpload", headers: { "x-amz-checksum-crc32": "AAAAAA==" } })).toBe("same");
});

test("two checksums, or one announced and not given, are refused", async () => {
  expect(await outcome({ headers: { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc32c": "AAAAAA==" } })).toBe("InvalidRequest");
  expect(await outcome({ headers: { "x-amz-sdk-checksum-algorithm": "CRC32" } })).toBe("InvalidRequest");
});

test("a chunked body of another length than announced is refused", async () => {
  const chunked = (length: number | undefined): Promise<string> => outcome(
    { payload: { kind: "chunked", seed: undefined, trailer: true }, headers: length === undefined ? {} : { "x-amz-decoded-content-length": String(length) } },
    `${CONTENT.length.toString(16)}\r\n${CONTENT}\r\n0\r\n\r\n`,
  );
  expect(await chunked(CONTENT.length)).toBe("same");
  expect(await chunked(CONTENT.length - 1)).toBe("IncompleteBody");
  expect(await chunked(CONTENT.length + 1)).toBe("IncompleteBody");
  expect(await chunked(undefined)).toBe("MissingContentLength");
});

const tooLarge = (): Error => new Error("too large");
const malformed = (): Error => new Error("malformed");

test("a buffered body has a limit, and the connection stays open to answer", async () => {
  expect(await readBody(incoming(CONTENT), { limitBytes: CONTENT.length, tooLarge })).toHaveLength(CONTENT.length);
  const source = new PassThrough();
  source.write(CONTENT);
  await expect(readBody(source, { limitBytes: 1000, tooLarge })).rejects.toThrow("too large");
  expect(source.destroyed).toBe(false);
});

test("a gzip body is opened within the limit, and a bomb or garbage is refused", async () => {
  const headers = { "content-encoding": "gzip" };
  const limit = { limitBytes: 1_000_000, tooLarge, malformed };
  expect((await decodeContent(gzipSync(CONTENT), headers, limit)).toString()).toBe(CONTENT);
  expect((await decodeContent(Buffer.from("plain"), {}, limit)).toString()).toBe("plain");
  await expect(decodeContent(gzipSync(Buffer.alloc(2_000_000)), headers, limit)).rejects.toThrow("too large");
  await expect(decodeContent(Buffer.from("garbage"), headers, limit)).rejects.toThrow("malformed");
});

test("aws-chunked is taken off the content encoding, and the length is the content's", () => {
  expect(decodedHeaders({ "content-encoding": "aws-chunked", "content-length": "9", "x-amz-decoded-content-length": "5" }))
    .toEqual({ "content-length": "5", "x-amz-decoded-content-length": "5" });
  expect(decodedHeaders({ "content-encoding": "gzip, aws-chunked" })).toEqual({ "content-encoding": "gzip" });
});
