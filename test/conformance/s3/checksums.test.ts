import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, CopyObjectCommand, CreateMultipartUploadCommand, type ChecksumAlgorithm } from "@aws-sdk/client-s3";
import { Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { expect, test } from "vitest";
import { checksumOfParts } from "../../../src/services/s3/checksum/of-parts.ts";
import { createDigest, type ChecksumAlgorithm as Known } from "../../../src/services/s3/checksum/checksum.ts";
import { BUCKET, failure, startS3 } from "./support.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** The sums as the SDK and Node have them: independent of ours. */
const REFERENCE: Readonly<Record<Known, (bytes: Uint8Array) => Promise<string>>> = {
  CRC32: async (bytes) => {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(crc32(bytes));
    return base64(out);
  },
  CRC32C: async (bytes) => {
    const crc = new Crc32c();
    crc.update(bytes);
    return base64(await crc.digest());
  },
  CRC64NVME: async (bytes) => {
    const crc = new Crc64Nvme();
    crc.update(bytes);
    return base64(await crc.digest());
  },
  SHA1: async (bytes) => createHash("sha1").update(bytes).digest("base64"),
  SHA256: async (bytes) => createHash("sha256").update(bytes).digest("base64"),
};
const ALGORITHMS = Object.keys(REFERENCE) as Known[];

test("each checksum is stored, and told only when asked for", async () => {
  await using test = await startS3();
  const body = randomBytes(100_000);
  for (const algorithm of ALGORITHMS) {
    const sum = { [`Checksum${algorithm}`]: await REFERENCE[algorithm](body), ChecksumType: "FULL_OBJECT" };
    expect(await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: algorithm, Body: body, ChecksumAlgorithm: algorithm }))).toMatchObject(sum);
    expect(await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: algorithm, ChecksumMode: "ENABLED" }))).toMatchObject(sum);
    const silent = await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: algorithm }));
    expect(Object.keys(silent).filter((name) => name.startsWith("Checksum"))).toEqual([]);
    // The client checks what it got against the sum it was told.
    const { Body: got } = await test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: algorithm, ChecksumMode: "ENABLED" }));
    expect(Buffer.from((await got?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  }
});

test("newer clients send CRC32 by themselves; without any, S3 adds CRC64NVME", async () => {
  await using test = await startS3();
  expect(await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "hello" }))).toMatchObject({ ChecksumCRC32: "NhCmhg==" });
  const quiet = new S3Client({ ...test.cloud.client, requestChecksumCalculation: "WHEN_REQUIRED" });
  const put = await quiet.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "hello" }));
  expect(put).toMatchObject({ ChecksumCRC64NVME: await REFERENCE.CRC64NVME(Buffer.from("hello")), ChecksumType: "FULL_OBJECT" });
  expect(put.ChecksumCRC32).toBeUndefined();
});

test("a wrong checksum or MD5 leaves nothing behind", async () => {
  await using test = await startS3();
  const put = (size: number, more: object): Promise<unknown> => test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: Buffer.alloc(size), ...more }));
  for (const size of [10, 100_000, 1_000_000]) {
    expect(await failure(put(size, { ChecksumSHA256: base64(Buffer.alloc(32)) }))).toMatchObject({
      name: "BadDigest", message: "The SHA256 you specified did not match the calculated checksum.",
    });
    expect(await failure(put(size, { ContentMD5: base64(Buffer.alloc(16)) }))).toMatchObject({
      name: "BadDigest", message: "The Content-MD5 you specified did not match what we received.",
    });
    expect((await failure(test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "key" })))).name).toBe("NotFound");
  }
  expect((await failure(put(10, { ContentMD5: "short" }))).name).toBe("InvalidDigest");
});

test("checksums that are not computed here are refused by name", async () => {
  await using test = await startS3();
  const put = (more: object): Promise<unknown> => test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "x", ...more }));
  expect(await failure(put({ ChecksumXXHASH64: "AAAAAAAAAAA=" }))).toMatchObject({
    name: "NotImplemented", Header: "x-amz-checksum-xxhash64", $metadata: { httpStatusCode: 501 },
  });
  const create = new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "key", ChecksumAlgorithm: "SHA512" });
  expect(await failure(test.s3.send(create))).toMatchObject({ name: "NotImplemented", Header: "x-amz-checksum-algorithm" });
});

test("a copy keeps its source's checksum, or is given another", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "source", Body: "hello", ChecksumAlgorithm: "SHA1" }));
  const copy = (algorithm?: ChecksumAlgorithm): Promise<unknown> =>
    test.s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: "copy", CopySource: `${BUCKET}/source`, ...(algorithm ? { ChecksumAlgorithm: algorithm } : {}) }));
  expect(await copy()).toMatchObject({ CopyObjectResult: { ChecksumSHA1: await REFERENCE.SHA1(Buffer.from("hello")) } });
  expect(await copy("CRC32C")).toMatchObject({ CopyObjectResult: { ChecksumCRC32C: await REFERENCE.CRC32C(Buffer.from("hello")), ChecksumType: "FULL_OBJECT" } });
});

test("sums of parts put together are the sum of the whole", () => {
  const parts = [5_000_000, 5_000_000, 1, 0, 77].map((size) => randomBytes(size));
  for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME"] as const) {
    const sumOf = (bytes: readonly Uint8Array[]): string => {
      const digest = createDigest(algorithm);
      for (const each of bytes) digest.update(each);
      return digest.digest().toString("base64");
    };
    const whole = checksumOfParts(algorithm, "FULL_OBJECT", parts.map((part) => ({ size: part.length, value: sumOf([part]) })));
    expect(whole).toEqual({ algorithm, type: "FULL_OBJECT", value: sumOf(parts) });
  }
});
