import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, type GetObjectCommandInput } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, failure, read, startS3 } from "./support.ts";

const ETAG = '"5d41402abc4b2a76b9719d911017c592"'; // of "hello"
const OTHER = '"00000000000000000000000000000000"';
const key = { Bucket: BUCKET, Key: "key" };
const past = new Date("2001-01-01T00:00:00Z");
const future = new Date("2099-01-01T00:00:00Z");

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
const READS: readonly (readonly [Partial<GetObjectCommandInput>, 200 | 304 | 412])[] = [
  [{ IfMatch: ETAG }, 200], [{ IfMatch: "*" }, 200], [{ IfMatch: `${OTHER}, ${ETAG}` }, 200], [{ IfMatch: OTHER }, 412],
  [{ IfNoneMatch: OTHER }, 200], [{ IfNoneMatch: ETAG }, 304], [{ IfNoneMatch: "*" }, 304],
  [{ IfModifiedSince: past }, 200], [{ IfModifiedSince: future }, 304],
  [{ IfUnmodifiedSince: future }, 200], [{ IfUnmodifiedSince: past }, 412],
  [{ IfMatch: ETAG, IfUnmodifiedSince: past }, 200],
  [{ IfNoneMatch: ETAG, IfModifiedSince: past }, 304],
  [{ IfNoneMatch: OTHER, IfModifiedSince: future }, 200],
];

test("reads hold to their conditions", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ ...key, Body: "hello" }));
  for (const [conditions, status] of READS) {
    for (const Command of [GetObjectCommand, HeadObjectCommand]) {
      const call = test.s3.send(new Command({ ...key, ...conditions }) as GetObjectCommand);
      const seen = status === 200 ? (await call).$metadata.httpStatusCode : (await failure(call)).$metadata.httpStatusCode;
      expect([conditions, Command.name, seen]).toEqual([conditions, Command.name, status]);
    }
  }
});

test("a failed condition names itself, and 304 carries the etag", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ ...key, Body: "hello" }));
  expect(await failure(test.s3.send(new GetObjectCommand({ ...key, IfMatch: OTHER })))).toMatchObject({
    name: "PreconditionFailed", message: "At least one of the pre-conditions you specified did not hold", Condition: "If-Match",
  });
  let etag: string | undefined;
  test.s3.middlewareStack.add((next) => async (args) => {
    const result = await next(args);
    etag = (result.response as { headers: Record<string, string> }).headers["etag"];
    return result;
  }, { step: "deserialize", priority: "low" });
  await failure(test.s3.send(new GetObjectCommand({ ...key, IfNoneMatch: ETAG })));
  expect(etag).toBe(ETAG);
});

test("If-None-Match: * creates once", async () => {
  await using test = await startS3();
  const create = (body: string): Promise<unknown> => test.s3.send(new PutObjectCommand({ ...key, Body: body, IfNoneMatch: "*" }));
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => create(`${index}`)));
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  expect(await failure(create("late"))).toMatchObject({ name: "PreconditionFailed", Condition: "If-None-Match", $metadata: { httpStatusCode: 412 } });
  expect((await failure(test.s3.send(new PutObjectCommand({ ...key, Body: "", IfNoneMatch: ETAG })))).$metadata.httpStatusCode).toBe(501);
});

test("If-Match replaces and deletes what was seen, nothing else", async () => {
  await using test = await startS3();
  expect((await failure(test.s3.send(new PutObjectCommand({ ...key, Body: "x", IfMatch: ETAG })))).name).toBe("NoSuchKey");
  await test.s3.send(new PutObjectCommand({ ...key, Body: "hello" }));
  expect((await failure(test.s3.send(new PutObjectCommand({ ...key, Body: "x", IfMatch: OTHER })))).name).toBe("PreconditionFailed");
  const { ETag } = await test.s3.send(new PutObjectCommand({ ...key, Body: "world", IfMatch: ETAG }));
  expect((await failure(test.s3.send(new DeleteObjectCommand({ ...key, IfMatch: ETAG })))).name).toBe("PreconditionFailed");
  expect(await read(test.s3, { Key: "key" })).toBe("world");
  await test.s3.send(new DeleteObjectCommand({ ...key, IfMatch: ETag }));
});

test("a date that cannot be read is no condition", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ ...key, Body: "hello" }));
  test.s3.middlewareStack.add((next) => (args) => {
    (args.request as { headers: Record<string, string> }).headers["if-unmodified-since"] = "the other day";
    return next(args);
  }, { step: "build" });
  expect(await read(test.s3, { Key: "key" })).toBe("hello");
});
