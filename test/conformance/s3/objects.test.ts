import { createHash } from "node:crypto";
import {
  DeleteObjectCommand, DeleteObjectsCommand, GetObjectAttributesCommand, GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutObjectCommand,
  PutObjectTaggingCommand, DeleteObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, failure, read, startS3, type S3Test } from "./support.ts";

// On both sides of where the bytes move: into a file, and into one that is streamed.
const SIZES = [0, 1, 16 * 1024, 16 * 1024 + 1, 256 * 1024, 256 * 1024 + 1, 3 * 1024 * 1024];

test("bytes come back as they were put", async () => {
  await using test = await startS3();
  for (const size of SIZES) await putAndGet(test, size);
});

async function putAndGet(test: S3Test, size: number): Promise<void> {
  const body = Buffer.alloc(size, "sagebrush");
  const put = await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: body }));
  const md5 = `"${createHash("md5").update(body).digest("hex")}"`;
  expect(put).toMatchObject({ ETag: md5, ServerSideEncryption: "AES256" });
  const got = await test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "key" }));
  expect(got).toMatchObject({ ETag: md5, ContentLength: size, AcceptRanges: "bytes", ContentType: "application/octet-stream" });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  expect(await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "key" }))).toMatchObject({ ETag: md5, ContentLength: size });
}

const KEYS = ["a b+c&d=e?f#g%h/ü/犬/'\"()*!~.txt", "/leading//double/", "..", "a/../b", "emoji 🐕", "x".repeat(1024)];

test("every key is itself", async () => {
  await using test = await startS3();
  for (const key of KEYS) await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: key }));
  for (const key of KEYS) expect(Buffer.from(await read(test.s3, { Key: key }), "latin1").toString()).toBe(key);
});

test("a key over 1024 bytes is refused", async () => {
  await using test = await startS3();
  expect(await failure(test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "ü".repeat(513), Body: "" })))).toMatchObject({
    name: "KeyTooLongError", message: "Your key is too long", Size: "1026", MaxSizeAllowed: "1024",
  });
});

test("metadata of both kinds comes back", async () => {
  await using test = await startS3();
  const expires = new Date("2030-01-02T03:04:05Z");
  await test.s3.send(new PutObjectCommand({
    Bucket: BUCKET, Key: "key", Body: "x", ContentType: "text/plain; charset=utf-8", CacheControl: "no-cache", ContentDisposition: "attachment",
    ContentEncoding: "gzip", ContentLanguage: "de", Expires: expires, Metadata: { Breed: "Beagle", empty: "" }, StorageClass: "STANDARD",
  }));
  const head = await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "key" }));
  expect(head).toMatchObject({
    ContentType: "text/plain; charset=utf-8", CacheControl: "no-cache", ContentDisposition: "attachment", ContentEncoding: "gzip",
    ContentLanguage: "de", ExpiresString: "Wed, 02 Jan 2030 03:04:05 GMT", Metadata: { breed: "Beagle" },
  });
  expect(head.StorageClass).toBeUndefined();
});

test("metadata over 2 KiB is refused", async () => {
  await using test = await startS3();
  expect(await failure(test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "", Metadata: { a: "x".repeat(2048) } })))).toMatchObject({
    name: "MetadataTooLarge", message: "Your metadata headers exceed the maximum allowed metadata size",
  });
});

test("who reads may choose the answer's headers", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "x" }));
  expect(await test.s3.send(new GetObjectCommand({
    Bucket: BUCKET, Key: "key", ResponseContentType: "image/png", ResponseContentDisposition: "inline", ResponseCacheControl: "max-age=1",
  }))).toMatchObject({ ContentType: "image/png", ContentDisposition: "inline", CacheControl: "max-age=1" });
});

test("what is not there is NoSuchKey, or NoSuchBucket", async () => {
  await using test = await startS3();
  expect(await failure(test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "none" })))).toMatchObject({
    name: "NoSuchKey", message: "The specified key does not exist.", Key: "none", $metadata: { httpStatusCode: 404 },
  });
  expect((await failure(test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "none" })))).name).toBe("NotFound");
  expect(await failure(test.s3.send(new GetObjectCommand({ Bucket: "no-such-bucket", Key: "none" })))).toMatchObject({
    name: "NoSuchBucket", message: "The specified bucket does not exist", BucketName: "no-such-bucket",
  });
  expect((await failure(test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "none", VersionId: "abc" })))).name).toBe("InvalidArgument");
});

test("an object is replaced whole and deleted twice without complaint", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "one", Metadata: { a: "1" } }));
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "two" }));
  const got = await test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "key" }));
  expect([got.Metadata, await got.Body?.transformToString()]).toEqual([{}, "two"]);
  for (const _ of [1, 2]) expect((await test.s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "key" }))).$metadata.httpStatusCode).toBe(204);
  expect((await failure(read(test.s3, { Key: "key" }))).name).toBe("NoSuchKey");
});

test("many are deleted at once, quietly if wanted, and missing ones count as deleted", async () => {
  await using test = await startS3();
  for (const key of ["a", "b", "c"]) await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: key }));
  const { Deleted, Errors } = await test.s3.send(new DeleteObjectsCommand({
    Bucket: BUCKET, Delete: { Objects: [{ Key: "a" }, { Key: "none" }, { Key: "b", VersionId: "wrong" }, { Key: "c", ETag: '"other"' }] },
  }));
  expect(Deleted?.map((each) => each.Key)).toEqual(["a", "none"]);
  expect(Errors).toMatchObject([{ Key: "b", Code: "InvalidArgument" }, { Key: "c", Code: "PreconditionFailed" }]);
  expect((await test.s3.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Quiet: true, Objects: [{ Key: "b" }] } }))).Deleted).toBeUndefined();
  const tooMany = Array.from({ length: 1001 }, (_, index) => ({ Key: `${index}` }));
  expect((await failure(test.s3.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: tooMany } })))).name).toBe("MalformedXML");
});

test("objects carry tags", async () => {
  await using test = await startS3();
  const key = { Bucket: BUCKET, Key: "key" };
  await test.s3.send(new PutObjectCommand({ ...key, Body: "x", Tagging: "breed=beagle&owner=A%20B" }));
  expect((await test.s3.send(new GetObjectCommand(key))).TagCount).toBe(2);
  expect((await test.s3.send(new GetObjectTaggingCommand(key))).TagSet).toEqual([{ Key: "breed", Value: "beagle" }, { Key: "owner", Value: "A B" }]);
  await test.s3.send(new PutObjectTaggingCommand({ ...key, Tagging: { TagSet: [{ Key: "one", Value: "" }] } }));
  expect((await test.s3.send(new GetObjectTaggingCommand(key))).TagSet).toEqual([{ Key: "one", Value: "" }]);
  await test.s3.send(new DeleteObjectTaggingCommand(key));
  expect((await test.s3.send(new GetObjectTaggingCommand(key))).TagSet).toEqual([]);
  const eleven = Array.from({ length: 11 }, (_, index) => `${index}=x`).join("&");
  expect(await failure(test.s3.send(new PutObjectCommand({ ...key, Body: "x", Tagging: eleven })))).toMatchObject({
    name: "BadRequest", message: "Object tags cannot be greater than 10",
  });
  expect((await failure(test.s3.send(new PutObjectTaggingCommand({ ...key, Tagging: { TagSet: [{ Key: "a", Value: "1" }, { Key: "a", Value: "2" }] } })))).name).toBe("InvalidTag");
});

test("attributes are told by name", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "hello" }));
  const attributes = await test.s3.send(new GetObjectAttributesCommand({ Bucket: BUCKET, Key: "key", ObjectAttributes: ["ETag", "Checksum", "ObjectSize", "StorageClass"] }));
  expect(attributes).toMatchObject({
    ETag: "5d41402abc4b2a76b9719d911017c592", ObjectSize: 5, StorageClass: "STANDARD", Checksum: { ChecksumCRC32: "NhCmhg==", ChecksumType: "FULL_OBJECT" },
  });
});
