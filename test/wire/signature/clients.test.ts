import { Readable } from "node:stream";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AddPermissionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { CreateTrainingJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { systemClock } from "../../../src/shared/clock.ts";
import { openBody } from "../../../src/wire/body/index.ts";
import { authenticate, collectHeaders, type Dialect, type SignatureRequest } from "../../../src/wire/signature/index.ts";
import { listen, type Seen } from "./listener.ts";
import { keyring, refusalOf } from "./support.ts";

const KEY = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret/with+slashes", sessionToken: "a/token+with=signs" };
const source = keyring(KEY);

const requestOf = (seen: Seen, dialect: Dialect): SignatureRequest => {
  const [path = "", query = ""] = seen.url.split("?");
  return { dialect, method: seen.method, path, query, headers: collectHeaders(seen.rawHeaders), body: seen.body };
};
const configuration = (endpoint: string) => ({ endpoint, region: "eu-west-1", credentials: KEY, maxAttempts: 1 });

const calls: Record<string, { dialect: Dialect; send: (endpoint: string) => Promise<unknown> }> = {
  "S3 GetObject of a key with every kind of character": {
    dialect: "s3",
    send: (endpoint) => new S3Client({ ...configuration(endpoint), forcePathStyle: true })
      .send(new GetObjectCommand({ Bucket: "bucket", Key: "a b/./../c//d+e=f&g(h)!'*~ü€😀%2F:@,;$" })),
  },
  "S3 ListObjectsV2 with a prefix that needs encoding": {
    dialect: "s3",
    send: (endpoint) => new S3Client({ ...configuration(endpoint), forcePathStyle: true })
      .send(new ListObjectsV2Command({ Bucket: "bucket", Prefix: "a b+c/&=é*'", Delimiter: "/", StartAfter: "" })),
  },
  "S3 PutObject with metadata of doubled spaces": {
    dialect: "s3",
    send: (endpoint) => new S3Client({ ...configuration(endpoint), forcePathStyle: true })
      .send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "content", Metadata: { a: "two  spaces", b: "x,y" } })),
  },
  "Lambda with an ARN in the path, encoded twice": {
    dialect: "rest-json",
    send: (endpoint) => new LambdaClient(configuration(endpoint)).send(new AddPermissionCommand({
      FunctionName: "arn:aws:lambda:eu-west-1:000000000000:function:name", StatementId: "s", Action: "lambda:InvokeFunction", Principal: "*", Qualifier: "$LATEST",
    })),
  },
  "STS AssumeRole": {
    dialect: "query",
    send: (endpoint) => new STSClient(configuration(endpoint)).send(new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/r", RoleSessionName: "s" })),
  },
  "SageMaker Runtime InvokeEndpoint": {
    dialect: "rest-json",
    send: (endpoint) => new SageMakerRuntimeClient(configuration(endpoint)).send(new InvokeEndpointCommand({ EndpointName: "e", Body: Buffer.from([0, 255, 1]) })),
  },
  "SageMaker CreateTrainingJob": {
    dialect: "json",
    send: (endpoint) => new SageMakerClient(configuration(endpoint)).send(new CreateTrainingJobCommand({
      TrainingJobName: "é", AlgorithmSpecification: { TrainingInputMode: "File" }, RoleArn: "r", OutputDataConfig: { S3OutputPath: "s3://b" },
      ResourceConfig: { VolumeSizeInGB: 1 }, StoppingCondition: {},
    })),
  },
};

test.each(Object.entries(calls))("the SDK's own signature holds: %s", async (_name, { dialect, send }) => {
  await using listener = await listen();
  const [seen] = await Promise.all([listener.next(), send(listener.endpoint).catch(() => undefined)]);
  const request = requestOf(seen, dialect);
  const now = systemClock.now();
  expect(authenticate(request, source, now)).toMatchObject({ kind: "signed", accessKeyId: KEY.accessKeyId, scope: { region: "eu-west-1" } });
  const changed = { ...request, headers: { ...request.headers, "x-amz-date": "20130524T000000Z" } };
  expect(refusalOf(() => authenticate(changed, source, now)).message).toBeDefined();
  if (dialect !== "s3") {
    const otherBody = { ...request, body: Buffer.concat([request.body ?? Buffer.alloc(0), Buffer.from("x")]) };
    expect(refusalOf(() => authenticate(otherBody, source, now)).message).toMatch(/does not match/);
  }
});

test("a stream that the SDK sends in chunks with a trailing checksum is authenticated, decoded and verified", async () => {
  await using listener = await listen();
  const pieces = ["x".repeat(70_000), "y".repeat(70_000), "z"];
  const length = pieces.join("").length;
  const s3 = new S3Client({ ...configuration(listener.endpoint), forcePathStyle: true });
  const put = new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: Readable.from(pieces.map((piece) => Buffer.from(piece)), { objectMode: false }), ContentLength: length, ChecksumAlgorithm: "CRC32C" });
  const [seen] = await Promise.all([listener.next(), s3.send(put).catch(() => undefined)]);
  const request = requestOf(seen, "s3");
  const authenticated = authenticate(request, source, systemClock.now());
  expect(authenticated).toMatchObject({ payload: { kind: "chunked", seed: undefined, trailer: true } });
  if (authenticated.kind !== "signed") return;
  const body = openBody(Readable.from([seen.body], { objectMode: false }), { headers: request.headers, payload: authenticated.payload });
  expect(await text(body)).toBe(pieces.join(""));
  expect(body.checksum).toMatchObject({ algorithm: "CRC32C" });
});
