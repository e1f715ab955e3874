import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, failure, startS3 } from "./support.ts";

const SIZES = { "in the database": 10, "in a file": 100_000, "in a long file": 400_000 };
const text = (size: number): string => "0123456789".repeat(size / 10);

test.each(Object.entries(SIZES))("ranges of an object %s", async (_, size) => {
  await using test = await startS3();
  const body = text(size);
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: body }));
  const get = async (range: string): Promise<[string | undefined, string | undefined, number | undefined]> => {
    const { Body, ContentRange, $metadata } = await test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: "key", Range: range }));
    return [await Body?.transformToString(), ContentRange, $metadata.httpStatusCode];
  };
  expect(await get("bytes=2-4")).toEqual(["234", `bytes 2-4/${size}`, 206]);
  expect(await get("bytes=5-")).toEqual([body.slice(5), `bytes 5-${size - 1}/${size}`, 206]);
  expect(await get("bytes=-3")).toEqual(["789", `bytes ${size - 3}-${size - 1}/${size}`, 206]);
  expect(await get(`bytes=0-${size * 2}`)).toEqual([body, `bytes 0-${size - 1}/${size}`, 206]);
  expect(await get(`bytes=-${size * 2}`)).toEqual([body, `bytes 0-${size - 1}/${size}`, 206]);
  for (const unreadable of ["bytes=4-2", "bytes=1-2,4-5", "lines=1-2", "bytes=-"]) expect(await get(unreadable)).toEqual([body, undefined, 200]);
});

test("a range that begins behind the end is not satisfiable", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "0123456789" }));
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "empty", Body: "" }));
  const get = (key: string, range: string): Promise<unknown> => test.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key, Range: range }));
  expect(await failure(get("key", "bytes=10-"))).toMatchObject({
    name: "InvalidRange", message: "The requested range is not satisfiable", RangeRequested: "bytes=10-", ActualObjectSize: "10", $metadata: { httpStatusCode: 416 },
  });
  expect((await failure(get("key", "bytes=-0"))).name).toBe("InvalidRange");
  expect((await failure(get("empty", "bytes=0-0"))).name).toBe("InvalidRange");
});

test("a head may ask for a range, and for the one part there is", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "0123456789" }));
  const head = { Bucket: BUCKET, Key: "key" };
  expect(await test.s3.send(new HeadObjectCommand({ ...head, Range: "bytes=2-4" }))).toMatchObject({
    ContentLength: 3, ContentRange: "bytes 2-4/10", $metadata: { httpStatusCode: 206 },
  });
  expect(await test.s3.send(new HeadObjectCommand({ ...head, PartNumber: 1 }))).toMatchObject({ ContentLength: 10, $metadata: { httpStatusCode: 206 } });
  expect((await failure(test.s3.send(new GetObjectCommand({ ...head, PartNumber: 2 })))).name).toBe("InvalidPartNumber");
});
