import { CreateBucketCommand, PutBucketCorsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { presign } from "../../support/presign.ts";

test("a bucket that is open to every page opens no other service to them", async () => {
  await using cloud = await startCloud();
  const s3 = new S3Client(cloud.client);
  await s3.send(new CreateBucketCommand({ Bucket: "open" }));
  await s3.send(new PutObjectCommand({ Bucket: "open", Key: "picture", Body: "dog" }));
  await s3.send(new PutBucketCorsCommand({ Bucket: "open", CORSConfiguration: { CORSRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["GET", "POST"], AllowedHeaders: ["*"] }] } }));
  const origin = "https://page.example";

  const own = await fetch(presign({ endpoint: cloud.endpoint, method: "GET", path: "/open/picture" }), { headers: { origin } });
  expect([own.status, own.headers.get("access-control-allow-origin"), await own.text()]).toEqual([200, "*", "dog"]);

  const form = { "content-type": "application/x-www-form-urlencoded" };
  const scope = "X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fiam%2Faws4_request";
  for (const [url, init] of [
    ["/open/picture", { method: "POST", headers: { "x-amz-target": "SageMaker.ListEndpoints" }, body: "{}" }],
    ["/open/picture", { method: "POST", headers: form, body: "Action=ListUsers&Version=2010-05-08" }],
    ["/open/picture?Action=ListUsers&Version=2010-05-08", { method: "GET", headers: {} }],
    [`/open/picture?Action=ListUsers&Version=2010-05-08&${scope}`, { method: "GET", headers: {} }],
    ["/open/picture?X-Amz-Credential=test%2F20260101%2Fus-east-1%2Flambda%2Faws4_request", { method: "GET", headers: {} }],
  ] as const) {
    const answer = await fetch(cloud.endpoint + url, { ...init, headers: { ...init.headers, origin } });
    expect({ url, status: answer.status, allows: answer.headers.get("access-control-allow-origin") }).toEqual({ url, status: 403, allows: null });
    expect(await answer.text()).toContain(`A web page of ${origin} may not call this server.`);
  }
});
