import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateMultipartUploadCommand, GetObjectAttributesCommand, GetObjectCommand, HeadObjectCommand,
  ListMultipartUploadsCommand, ListPartsCommand, PutObjectCommand, UploadPartCommand, UploadPartCopyCommand, CopyObjectCommand,
  type CompletedPart, type CreateMultipartUploadCommandInput,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, failure, read, startS3, type S3Test } from "./support.ts";

const MiB = 1024 * 1024;
const BIG = Buffer.alloc(5 * MiB, 1);
const SMALL = Buffer.from("the end");
const md5 = (bytes: Uint8Array): Buffer => createHash("md5").update(bytes).digest();
const ETAG = `"${md5(Buffer.concat([md5(BIG), md5(SMALL)])).toString("hex")}-2"`;

async function create({ s3 }: S3Test, input: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> {
  return (await s3.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "key", ...input }))).UploadId ?? "";
}

async function upload({ s3 }: S3Test, id: string, part: { readonly number: number; readonly body: Uint8Array }): Promise<CompletedPart> {
  const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ Bucket: BUCKET, Key: "key", UploadId: id, PartNumber: part.number, Body: part.body }));
  return { PartNumber: part.number, ETag, ChecksumCRC32 };
}

const complete = ({ s3 }: S3Test, id: string, parts: CompletedPart[]) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket: BUCKET, Key: "key", UploadId: id, MultipartUpload: { Parts: parts } }));

async function uploadBoth(test: S3Test, id: string): Promise<CompletedPart[]> {
  return [await upload(test, id, { number: 1, body: BIG }), await upload(test, id, { number: 2, body: SMALL })];
}

test("parts become one object, visible only when complete", async () => {
  await using test = await startS3();
  const id = await create(test, { ContentType: "image/x-raw", Metadata: { a: "1" }, Tagging: "b=2" });
  const parts = await uploadBoth(test, id);
  expect((await failure(read(test.s3, { Key: "key" }))).name).toBe("NoSuchKey");
  expect(await complete(test, id, parts)).toMatchObject({ ETag: ETAG, Bucket: BUCKET, Key: "key", Location: `${test.cloud.endpoint}/${BUCKET}/key` });
  const got = await test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "key" }));
  expect(got).toMatchObject({ ETag: ETAG, ContentType: "image/x-raw", Metadata: { a: "1" }, TagCount: 1, ContentLength: BIG.length + SMALL.length });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(Buffer.concat([BIG, SMALL]))).toBe(true);
});

test("completing again after a lost answer gives the same answer", async () => {
  await using test = await startS3();
  const id = await create(test);
  const parts = await uploadBoth(test, id);
  await complete(test, id, parts);
  expect(await complete(test, id, parts)).toMatchObject({ ETag: ETAG });
});

test("parts can be read by number and across their seams", async () => {
  await using test = await startS3();
  const id = await create(test);
  await complete(test, id, await uploadBoth(test, id));
  const second = await test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "key", PartNumber: 2 }));
  expect(second).toMatchObject({ PartsCount: 2, ContentRange: `bytes ${BIG.length}-${BIG.length + 6}/${BIG.length + 7}`, $metadata: { httpStatusCode: 206 } });
  expect(await second.Body?.transformToString()).toBe("the end");
  expect(await read(test.s3, { Key: "key", Range: `bytes=${BIG.length - 2}-${BIG.length + 2}` })).toBe("\u0001\u0001the");
  expect((await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "key", PartNumber: 1 }))).ContentLength).toBe(BIG.length);
  expect((await failure(read(test.s3, { Key: "key", PartNumber: 3 }))).name).toBe("InvalidPartNumber");
});

test("a part uploaded again replaces the first; parts that are not named are dropped", async () => {
  await using test = await startS3();
  const id = await create(test);
  await upload(test, id, { number: 2, body: Buffer.from("wrong") });
  await upload(test, id, { number: 7, body: Buffer.from("unused") });
  const [first, second] = await uploadBoth(test, id);
  expect(await complete(test, id, [first ?? {}, second ?? {}])).toMatchObject({ ETag: ETAG });
});

test("what the client names must be there, in order, and big enough", async () => {
  await using test = await startS3();
  const id = await create(test);
  const [first = {}, second = {}] = await uploadBoth(test, id);
  const third = await upload(test, id, { number: 3, body: SMALL });
  expect(await failure(complete(test, id, [second, first]))).toMatchObject({ name: "InvalidPartOrder", $metadata: { httpStatusCode: 400 } });
  expect(await failure(complete(test, id, [first, { ...second, ETag: '"00"' }]))).toMatchObject({ name: "InvalidPart", PartNumber: "2" });
  expect(await failure(complete(test, id, [first, { ...second, PartNumber: 9 }]))).toMatchObject({ name: "InvalidPart", PartNumber: "9" });
  expect(await failure(complete(test, id, [first, second, third]))).toMatchObject({
    name: "EntityTooSmall", message: "Your proposed upload is smaller than the minimum allowed size", PartNumber: "2", MinSizeAllowed: `${5 * MiB}`,
  });
  expect((await failure(complete(test, id, []))).name).toBe("MalformedXML");
  expect((await failure(upload(test, id, { number: 10_001, body: SMALL }))).name).toBe("InvalidArgument");
  await complete(test, id, [first, second]);
});

test("an aborted upload is gone", async () => {
  await using test = await startS3();
  const id = await create(test);
  await upload(test, id, { number: 1, body: SMALL });
  await test.s3.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: "key", UploadId: id }));
  expect(await failure(upload(test, id, { number: 1, body: SMALL }))).toMatchObject({
    name: "NoSuchUpload", UploadId: id, $metadata: { httpStatusCode: 404 },
    message: "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
  });
  expect((await failure(test.s3.send(new ListPartsCommand({ Bucket: BUCKET, Key: "key", UploadId: id })))).name).toBe("NoSuchUpload");
});

test("the default checksum of an upload is CRC64NVME of the whole object, a named one composite", async () => {
  await using test = await startS3();
  const plain = await create(test);
  const whole = await complete(test, plain, await uploadBoth(test, plain));
  expect(whole.ChecksumType).toBe("FULL_OBJECT");
  expect((await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "key", ChecksumMode: "ENABLED" }))).ChecksumCRC64NVME).toBe(whole.ChecksumCRC64NVME);
  const named = await create(test, { ChecksumAlgorithm: "CRC32" });
  const parts = await uploadBoth(test, named);
  expect(await failure(complete(test, named, parts.map(({ ChecksumCRC32: _, ...part }) => part)))).toMatchObject({
    name: "InvalidRequest",
    message: "The upload was created using a crc32 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.",
  });
  const composite = await complete(test, named, parts);
  expect([composite.ChecksumType, composite.ChecksumCRC32]).toEqual(["COMPOSITE", expect.stringMatching(/^.{8}-2$/)]);
  const attributes = await test.s3.send(new GetObjectAttributesCommand({ Bucket: BUCKET, Key: "key", ObjectAttributes: ["ObjectParts"] }));
  expect(attributes.ObjectParts).toMatchObject({ TotalPartsCount: 2, Parts: [{ PartNumber: 1, ChecksumCRC32: parts[0]?.ChecksumCRC32 }, { PartNumber: 2, Size: 7 }] });
});

test("a part in another algorithm than the upload's is refused", async () => {
  await using test = await startS3();
  const id = await create(test, { ChecksumAlgorithm: "SHA256" });
  const part = new UploadPartCommand({ Bucket: BUCKET, Key: "key", UploadId: id, PartNumber: 1, Body: SMALL, ChecksumAlgorithm: "CRC32" });
  expect(await failure(test.s3.send(part))).toMatchObject({
    name: "InvalidRequest", message: "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: crc32",
  });
  expect((await failure(create(test, { ChecksumAlgorithm: "SHA256", ChecksumType: "FULL_OBJECT" }))).name).toBe("InvalidRequest");
});

test("parts are copied from objects, whole or in ranges, and such an object is copied as one piece", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "source", Body: Buffer.concat([BIG, SMALL]) }));
  const id = await create(test);
  const part = async (number: number, range?: string): Promise<CompletedPart> => {
    const { CopyPartResult: result } = await test.s3.send(new UploadPartCopyCommand({
      Bucket: BUCKET, Key: "key", UploadId: id, PartNumber: number, CopySource: `${BUCKET}/source`, ...(range ? { CopySourceRange: range } : {}),
    }));
    return { PartNumber: number, ETag: result?.ETag };
  };
  const parts = [await part(1, `bytes=0-${BIG.length - 1}`), await part(2, `bytes=${BIG.length}-${BIG.length + 6}`)];
  expect((await failure(part(3, "bytes=0-99999999"))).name).toBe("InvalidArgument");
  expect((await failure(part(3, "bytes=5-"))).name).toBe("InvalidArgument");
  expect(await complete(test, id, parts)).toMatchObject({ ETag: ETAG });
  const copied = await test.s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: "copy", CopySource: `${BUCKET}/key` }));
  expect(copied.CopyObjectResult?.ETag).toBe(`"${md5(Buffer.concat([BIG, SMALL])).toString("hex")}"`);
});

test("uploads and parts are listed in pages", async () => {
  await using test = await startS3();
  const ids = [await create(test), await create(test), await create(test, { Key: "other/key" })];
  for (const number of [3, 1, 2]) await upload(test, ids[0] ?? "", { number, body: SMALL });
  const parts = await test.s3.send(new ListPartsCommand({ Bucket: BUCKET, Key: "key", UploadId: ids[0], MaxParts: 2 }));
  expect(parts).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "2", Parts: [{ PartNumber: 1, Size: 7 }, { PartNumber: 2 }] });
  const rest = await test.s3.send(new ListPartsCommand({ Bucket: BUCKET, Key: "key", UploadId: ids[0], PartNumberMarker: parts.NextPartNumberMarker }));
  expect(rest.Parts?.map((part) => part.PartNumber)).toEqual([3]);
  const seen: unknown[] = [];
  let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (let more = true; more;) {
    const page = await test.s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, MaxUploads: 1, ...markers }));
    seen.push(...(page.Uploads ?? []).map((each) => each.UploadId));
    markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    more = page.IsTruncated ?? false;
  }
  expect(new Set(seen)).toEqual(new Set(ids));
  expect(await test.s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, Delimiter: "/", Prefix: "o" }))).toMatchObject({ CommonPrefixes: [{ Prefix: "other/" }] });
});
