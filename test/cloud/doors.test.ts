import { request } from "node:http";
import { mkdtempSync, statSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { startCloud as start } from "../../src/cloud/start.ts";
import { startCloud } from "../support/cloud.ts";

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** `fetch` does not let a test choose its Host. */
const ask = (endpoint: string, headers: Readonly<Record<string, string>>, body = ""): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(endpoint, { method: body === "" ? "GET" : "POST", headers, agent: false }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, type: incoming.headers["content-type"] ?? "", body: text }));
    });
    outgoing.on("error", reject).end(body);
  });

const address = Object.values(networkInterfaces()).flat().find((each) => each?.family === "IPv4" && !each.internal)?.address;

test.runIf(address !== undefined)("a server for others answers under the address that it was reached by, and under no other name", async () => {
  await using cloud = await startCloud({ host: "0.0.0.0", rootKeys: "generated" });
  const { port } = new URL(cloud.endpoint);
  const endpoint = `http://${address}:${port}`;
  expect((await ask(endpoint, {})).body).toContain("<Message>Access Denied</Message>");
  for (const host of ["evil.example", "10.255.255.254", "127.0.0.1.evil.example"]) {
    expect((await ask(endpoint, { host: `${host}:${port}` })).body).toContain("is not a name of this server");
  }
});

test("generated root keys stay those of the data folder, and are nobody else's to read", async () => {
  const data = mkdtempSync(join(tmpdir(), "sagebrush-keys-"));
  const keys = [];
  for (const rootKeys of ["test", "generated", "generated"] as const) {
    await using cloud = await startCloud({ data, rootKeys });
    const { Arn } = await new STSClient(cloud.client).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe("arn:aws:iam::000000000000:root");
    keys.push(cloud.rootKeys.accessKeyId);
  }
  expect(keys).toEqual(["test", expect.stringMatching(/^AKIA[A-Z2-7]{16}$/), keys[1]]);
  expect(statSync(join(data, "root-keys.json")).mode & 0o777).toBe(0o600);
});

test("what is refused before its service is known is told in the form that its client reads", async () => {
  await using cloud = await startCloud();
  const target = await ask(cloud.endpoint, { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" }, "{}");
  expect(target).toMatchObject({ status: 400, type: "application/x-amz-json-1.1" });
  expect(JSON.parse(target.body)).toMatchObject({ __type: "UnknownService", message: expect.stringContaining('"DynamoDB_20120810" is not offered') as string });
  const rest = await ask(cloud.endpoint, { authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/events/aws4_request, SignedHeaders=host, Signature=0" });
  expect(JSON.parse(rest.body)).toMatchObject({ message: expect.stringContaining('"events" is not offered') as string });
  const large = await ask(cloud.endpoint, { "x-amz-target": "SageMaker.ListEndpoints" }, "x".repeat(5 * 1024 * 1024));
  expect([large.status, (JSON.parse(large.body) as { readonly __type: string }).__type]).toEqual([413, "RequestEntityTooLargeException"]);
  const form = await ask(cloud.endpoint, { "content-type": "application/x-www-form-urlencoded" }, "Action=DescribeInstances&Version=2016-11-15");
  expect(form).toMatchObject({ status: 400, type: "text/xml" });
  expect(form.body).toContain("<Code>InvalidAction</Code>");
});

test.each(["us-east-1:000000000000:endpoint", "US-EAST-1", "us_east_1"])("the Region %s is none: it would stand in ARNs", async (region) => {
  await using cloud = await startCloud();
  const answer = await ask(cloud.endpoint, {
    "x-amz-target": "SageMaker.ListEndpoints", "x-amz-date": "20260101T000000Z",
    authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/sagemaker/aws4_request, SignedHeaders=host;x-amz-date, Signature=0`,
  }, "{}");
  expect(JSON.parse(answer.body)).toEqual({ __type: "InvalidSignatureException", message: "Credential should be scoped to a valid region. " });
});

test("a cloud that is asked to stop twice stops once, and its folder is free", async () => {
  const data = mkdtempSync(join(tmpdir(), "sagebrush-stop-"));
  const cloud = await start({ port: 0, data });
  await Promise.all([cloud.stop(), cloud.stop()]);
  await cloud.stop();
  await (await start({ port: 0, data })).stop();
});
