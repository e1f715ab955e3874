import { CopyObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutObjectCommand, type CopyObjectCommandInput } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, failure, read, startS3, type S3Test } from "./support.ts";

const copy = ({ s3 }: S3Test, input: Partial<CopyObjectCommandInput> = {}): Promise<unknown> =>
  s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: "copy", CopySource: `${BUCKET}/source`, ...input }));

const put = ({ s3 }: S3Test, size = 5): Promise<unknown> => s3.send(new PutObjectCommand({
  Bucket: BUCKET, Key: "source", Body: "hello".repeat(size / 5), ContentType: "text/plain", Metadata: { breed: "beagle" }, Tagging: "a=1",
}));

test("a copy has the bytes, the metadata and the tags of its source", async () => {
  await using test = await startS3();
  for (const size of [5, 100_000, 1_000_000]) {
    await put(test, size);
    const source = await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "source" }));
    expect(await copy(test)).toMatchObject({ CopyObjectResult: { ETag: source.ETag, LastModified: expect.any(Date) as Date, ChecksumType: "FULL_OBJECT" } });
    expect(await read(test.s3, { Key: "copy" })).toBe("hello".repeat(size / 5));
  }
  expect(await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "copy" }))).toMatchObject({ ContentType: "text/plain", Metadata: { breed: "beagle" } });
  expect((await test.s3.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key: "copy" }))).TagSet).toEqual([{ Key: "a", Value: "1" }]);
});

test("a copy outlives its source, and the source its copy", async () => {
  await using test = await startS3();
  await put(test, 1_000_000);
  await copy(test);
  await put(test, 5);
  expect(await read(test.s3, { Key: "copy" })).toHaveLength(1_000_000);
  await copy(test);
  expect(await read(test.s3, { Key: "copy" })).toBe("hello");
});

test("REPLACE gives metadata and tags of its own", async () => {
  await using test = await startS3();
  await put(test);
  await copy(test, { MetadataDirective: "REPLACE", ContentType: "image/png", Metadata: { one: "1" }, TaggingDirective: "REPLACE", Tagging: "b=2" });
  expect(await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "copy" }))).toMatchObject({ ContentType: "image/png", Metadata: { one: "1" } });
  expect((await test.s3.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key: "copy" }))).TagSet).toEqual([{ Key: "b", Value: "2" }]);
});

test("onto itself it must change something", async () => {
  await using test = await startS3();
  await put(test);
  expect(await failure(copy(test, { Key: "source" }))).toMatchObject({
    name: "InvalidRequest", message: expect.stringContaining("illegal because it is trying to copy an object to itself without changing") as string,
  });
  await copy(test, { Key: "source", MetadataDirective: "REPLACE", Metadata: { new: "yes" } });
  expect((await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "source" }))).Metadata).toEqual({ new: "yes" });
});

test("sources are named with percent signs, a slash in front or a version", async () => {
  await using test = await startS3();
  const key = "ünder the/tree + more?.txt";
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "x" }));
  for (const source of [`${BUCKET}/${encodeURIComponent(key)}`, `/${BUCKET}/${encodeURIComponent(key)}`, encodeURIComponent(`${BUCKET}/${key}`), `${BUCKET}/${encodeURIComponent(key)}?versionId=null`]) {
    await copy(test, { CopySource: source });
  }
  expect((await failure(copy(test, { CopySource: BUCKET }))).name).toBe("InvalidArgument");
  expect((await failure(copy(test, { CopySource: `${BUCKET}/none` }))).name).toBe("NoSuchKey");
  expect((await failure(copy(test, { CopySource: "no-such-bucket/none" }))).name).toBe("NoSuchBucket");
});

test("conditions on the source hold", async () => {
  await using test = await startS3();
  await put(test);
  const etag = (await test.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: "source" }))).ETag;
  await copy(test, { CopySourceIfMatch: etag, CopySourceIfUnmodifiedSince: new Date("2001-01-01") });
  for (const conditions of [{ CopySourceIfMatch: '"x"' }, { CopySourceIfNoneMatch: etag }, { CopySourceIfModifiedSince: new Date("2099-01-01") }]) {
    expect(await failure(copy(test, conditions))).toMatchObject({ name: "PreconditionFailed", $metadata: { httpStatusCode: 412 } });
  }
});
