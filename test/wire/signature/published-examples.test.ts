import { expect, test } from "vitest";
import { authenticate, type SignatureRequest } from "../../../src/wire/signature/index.ts";
import { at, EXAMPLE_KEY, keyring, refusalOf, s3Request } from "./support.ts";

// The worked examples of https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html,
// .../sigv4-query-string-auth.html and .../sigv4-streaming.html
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const HOST = "examplebucket.s3.amazonaws.com";
const source = keyring(EXAMPLE_KEY);
const now = at("2013-05-24T00:00:30Z");

const authorization = (signedHeaders: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=${EXAMPLE_KEY.accessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signedHeaders},Signature=${signature}`;
const base = { host: HOST, "x-amz-content-sha256": EMPTY, "x-amz-date": "20130524T000000Z" };

const examples: Record<string, SignatureRequest> = {
  "GET Object with a range": s3Request({
    path: "/test.txt",
    headers: {
      ...base, range: "bytes=0-9",
      authorization: authorization("host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    },
  }),
  "PUT Object with a key that needs encoding": s3Request({
    method: "PUT", path: "/test%24file.text",
    headers: {
      ...base, date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      authorization: authorization(
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      ),
    },
  }),
  "GET Bucket Lifecycle": s3Request({
    query: "lifecycle",
    headers: { ...base, authorization: authorization("host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543") },
  }),
  "GET Bucket with parameters": s3Request({
    query: "prefix=J&max-keys=2",
    headers: { ...base, authorization: authorization("host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7") },
  }),
  "a presigned GET": s3Request({
    path: "/test.txt", headers: { host: HOST },
    query: "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  }),
  "a PUT in signed chunks": s3Request({
    method: "PUT", path: "/examplebucket/chunkObject.txt",
    headers: {
      host: "s3.amazonaws.com", "x-amz-date": "20130524T000000Z", "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "content-encoding": "aws-chunked", "content-length": "66824", "x-amz-decoded-content-length": "66560",
      "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      authorization: authorization(
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
      ),
    },
  }),
};

test.each(Object.entries(examples))("S3's own example is accepted: %s", (_name, request) => {
  expect(authenticate(request, source, now)).toMatchObject({ kind: "signed", accessKeyId: EXAMPLE_KEY.accessKeyId, scope: { region: "us-east-1" } });
});

test.each(Object.entries(examples))("S3's own example is refused with another path, method, query or secret: %s", (_name, request) => {
  const tampered = [
    { ...request, path: `${request.path}x` }, { ...request, method: "DELETE" }, { ...request, query: `${request.query}&x=1` },
    { ...request, headers: { ...request.headers, host: "other.s3.amazonaws.com" } },
  ];
  for (const other of tampered) expect(refusalOf(() => authenticate(other, source, now)).code).toBe("SignatureDoesNotMatch");
  const wrongSecret = keyring({ ...EXAMPLE_KEY, secretAccessKey: "wrong" });
  expect(refusalOf(() => authenticate(request, wrongSecret, now)).code).toBe("SignatureDoesNotMatch");
});

test("a seed for the chunks comes with the signed-chunks example", () => {
  const request = examples["a PUT in signed chunks"];
  expect(request && authenticate(request, source, now)).toMatchObject({
    payload: {
      kind: "chunked", trailer: false,
      seed: { scope: "20130524/us-east-1/s3/aws4_request", timestamp: "20130524T000000Z", signature: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9" },
    },
  });
});

// https://docs.aws.amazon.com/general/latest/gr/sigv4-signed-request-examples.html (ListUsers)
test("the general example, IAM's ListUsers, is accepted", () => {
  const request: SignatureRequest = {
    dialect: "query", method: "GET", path: "/", query: "Action=ListUsers&Version=2010-05-08", services: ["iam"],
    headers: {
      host: "iam.amazonaws.com", "content-type": "application/x-www-form-urlencoded; charset=utf-8", "x-amz-date": "20150830T123600Z",
      authorization: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, " +
        "SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    },
  };
  const known = keyring({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" });
  expect(authenticate(request, known, at("2015-08-30T12:36:10Z"))).toMatchObject({ kind: "signed", scope: { service: "iam" } });
});
