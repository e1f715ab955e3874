import { Agent, request } from "node:http";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { presign } from "../../support/presign.ts";
import { BUCKET, read, startS3 } from "./support.ts";

/** An HTTP answer to a request whose Host is of our choosing. */
function ask(url: string, host: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (text: string) => (body += text)).on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    }).on("error", reject).end();
  });
}

test("a presigned URL puts and gets", async () => {
  await using test = await startS3();
  const { endpoint } = test.cloud;
  const put = await fetch(presign({ endpoint, method: "PUT", path: `/${BUCKET}/a b.txt` }), { method: "PUT", body: "hello" });
  expect([put.status, put.headers.get("etag")]).toEqual([200, '"5d41402abc4b2a76b9719d911017c592"']);
  expect(await read(test.s3, { Key: "a b.txt" })).toBe("hello");
  const got = await fetch(presign({ endpoint, method: "GET", path: `/${BUCKET}/a b.txt`, query: { "response-content-type": "text/plain" } }));
  expect([got.headers.get("content-type"), await got.text()]).toEqual(["text/plain", "hello"]);
  test.cloud.clock.advance(16 * 60_000);
  const late = await fetch(presign({ endpoint, method: "GET", path: `/${BUCKET}/a b.txt` }));
  expect([late.status, await late.text()]).toEqual([403, expect.stringContaining("<Message>Request has expired</Message>")]);
});

test("the bucket may stand in the host", async () => {
  await using test = await startS3();
  await test.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "key", Body: "hello" }));
  const port = new URL(test.cloud.endpoint).port;
  const host = `${BUCKET}.s3.localhost:${port}`;
  const { pathname, search } = new URL(presign({ endpoint: `http://${host}`, method: "GET", path: "/key" }));
  expect(await ask(`${test.cloud.endpoint}${pathname}${search}`, host)).toEqual({ status: 200, body: "hello" });
});

test("the JavaScript client's virtual-host style works where the name resolves", async () => {
  await using test = await startS3();
  const { port } = new URL(test.cloud.endpoint);
  const lookup = (_: string, options: { all?: boolean }, done: (error: null, found: unknown, family?: number) => void): void =>
    options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
  const s3 = new S3Client({
    ...test.cloud.client, endpoint: `http://localhost:${port}`, forcePathStyle: false,
    requestHandler: { httpAgent: new Agent({ lookup } as never) },
  });
  await s3.send(new CreateBucketCommand({ Bucket: "virtual-dogs" }));
  // The last two are paths of the server's own where no bucket is named.
  for (const Key of ["a/b", "_sagebrush/interrupt-training-job", ".sagebrush/lambda/code/x"]) {
    await s3.send(new PutObjectCommand({ Bucket: "virtual-dogs", Key, Body: Key }));
    expect(await (await s3.send(new GetObjectCommand({ Bucket: "virtual-dogs", Key }))).Body?.transformToString()).toBe(Key);
  }
});

test("an upload that does not tell its length, or tells too much, is refused before it is read", async () => {
  await using test = await startS3();
  const url = presign({ endpoint: test.cloud.endpoint, method: "PUT", path: `/${BUCKET}/key` });
  const chunked = await fetch(url, { method: "PUT", body: new Blob(["x"]).stream(), duplex: "half" } as RequestInit);
  expect([chunked.status, await chunked.text()]).toEqual([501, expect.stringContaining("<Header>Transfer-Encoding</Header>")]);
  const huge = await new Promise<string>((resolve, reject) => {
    const outgoing = request(url, { method: "PUT", headers: { "content-length": String(6 * 1024 ** 3) } }, (answer) => {
      answer.setEncoding("utf8").once("data", resolve);
    });
    outgoing.on("error", reject).flushHeaders();
  });
  expect(huge).toContain("<Code>EntityTooLarge</Code>");
});

test("a list of keys to delete must prove that it is whole", async () => {
  await using test = await startS3();
  const url = presign({ endpoint: test.cloud.endpoint, method: "POST", path: `/${BUCKET}`, query: { delete: "" } });
  const answer = await fetch(url, { method: "POST", body: "<Delete><Object><Key>a</Key></Object></Delete>" });
  expect(await answer.text()).toContain("Missing required header for this request: Content-MD5");
});
