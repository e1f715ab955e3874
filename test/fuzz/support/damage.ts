import { gzipSync } from "node:zlib";
import type { Random } from "../../../src/shared/random.ts";
import type { RawRequest } from "./sign.ts";

/** Makes a request wrong in one way; undefined when it cannot be wrong in that way. */
type Damage = (request: RawRequest, chance: Chance) => RawRequest | undefined;

export interface Chance {
  readonly random: Random;
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
}

export function chanceOf(random: Random): Chance {
  const below = (limit: number): number => Math.floor(random.fraction() * limit);
  return {
    random, below,
    pick: (from) => {
      const value = from[below(from.length)];
      if (value === undefined) throw new Error("nothing to pick from");
      return value;
    },
  };
}

const deep = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const WRONG_VALUES: readonly unknown[] = [
  null, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 1, true, "", "x", "\u0000", "\uD800", "a".repeat(70_000), [], {}, [[]], [null], { a: null }, { __type: "x" },
  ["x", 5, {}], { "": "" }, "2024-13-45T99:99:99Z", "NaN", "Infinity", "arn:aws:iam::1:role/x", JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
];

/** Replaces one value somewhere inside a JSON document. */
function replaceSomewhere(value: unknown, chance: Chance): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0 || chance.below(4) === 0) return chance.pick(WRONG_VALUES);
  const name = chance.pick(Object.keys(value));
  const inner = replaceSomewhere((value as Record<string, unknown>)[name], chance);
  return Array.isArray(value) ? value.map((each, index) => (String(index) === name ? inner : (each as unknown))) : { ...value, [name]: inner };
}

const withBody = (request: RawRequest, body: string | Buffer): RawRequest => ({ ...request, body: Buffer.from(body) });
const withHeader = (request: RawRequest, name: string, value: string): RawRequest => ({ ...request, headers: { ...request.headers, [name]: value } });

/** Nothing wrong with the message: only with what it asks for. */
const none: Damage = (request) => request;

const json: Damage = (request, chance) => {
  try {
    return withBody(request, JSON.stringify(replaceSomewhere(JSON.parse(request.body.toString()), chance)));
  } catch {
    return undefined;
  }
};

const cut: Damage = (request, { below }) => (request.body.length === 0 ? undefined : withBody(request, request.body.subarray(0, below(request.body.length))));

const flippedBytes: Damage = (request, { below }) => {
  if (request.body.length === 0) return undefined;
  const body = Buffer.from(request.body);
  for (let times = 0; times < 3; times++) body[below(body.length)] = below(256);
  return withBody(request, body);
};

const foreignBody: Damage = (request, { pick }) => withBody(request, pick([
  "", "null", "[]", "5", '"text"', "{", "{}", "{\"a\":}", "<a>", "<a></b>", "<?xml version=\"1.0\"?>", "&&&", "=", "a=b=c", "%", "%zz=%",
  "<!DOCTYPE a [<!ENTITY b \"cc\"><!ENTITY d \"&b;&b;\">]><a>&d;</a>", "<a>&nope;</a>", "<![CDATA[", "\u0000\u0001", "\uFEFF{}",
  deep("[", "]", 20_000), deep("{\"a\":", "}", 5000), deep("<a>", "</a>", 3000), "Action=", "Action=ListUsers&Action=x&Version=", "Action=ListUsers&Version=2010-05-08&Tags.member.99999999999.Key=a",
  `Action=GetUser&Version=2010-05-08&${"a.".repeat(500)}=1`, "Action=constructor&Version=2010-05-08", "Action=GetUser&Version=2010-05-08&UserName.member.1=a",
]));

const headers: Damage = (request, { pick }) => {
  const [name, value] = pick([
    ["content-type", ""], ["content-type", "text/plain"], ["content-type", "application/cbor"], ["content-type", "multipart/form-data; boundary="], ["content-type", "application/x-www-form-urlencoded"],
    ["content-encoding", "gzip"], ["content-encoding", "aws-chunked"], ["content-encoding", "br, zstd"],
    ["x-amz-target", ""], ["x-amz-target", "SageMaker."], ["x-amz-target", "SageMaker.constructor"], ["x-amz-target", "SageMaker.__proto__"], ["x-amz-target", "Nobody.Nothing"], ["x-amz-target", "Logs_20140328.PutLogEvents"], ["x-amz-target", "......"],
    ["x-amz-content-sha256", "nonsense"], ["x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"], ["x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"], ["x-amz-content-sha256", "0".repeat(64)],
    ["content-md5", "x"], ["x-amz-checksum-crc32", "x"], ["x-amz-sdk-checksum-algorithm", "CRC32"], ["x-amz-trailer", "x-amz-checksum-crc32"], ["x-amz-decoded-content-length", "-1"],
    ["range", "bytes=9-1"], ["range", "bytes=99999999999999999999-"], ["if-modified-since", "yesterday"], ["x-amz-expected-bucket-owner", "x"], ["x-amz-copy-source", "%zz"], ["x-amz-copy-source", "/"], ["x-amz-tagging", "a=b&a=c&="],
    ["x-amz-meta-long", "v".repeat(9000)], ["x-amz-acl", "nonsense"], ["x-amz-invocation-type", "Sideways"], ["x-amz-client-context", "not base64"], ["x-amzn-sagemaker-target-variant", "\u00e9"], ["smithy-protocol", "rpc-v2-cbor"],
    ["accept", "*/*;q=nonsense"], ["host", "127.0.0.1:99999999"], ["host", ""], ["host", "x.s3.localhost"], ["host", "..localhost"], ["expect", "something-else"], ["connection", "upgrade"], ["upgrade", "websocket"], ["x-amz-security-token", "x"],
  ] as const);
  return withHeader(request, name, value);
};

const path: Damage = (request, { pick }) => ({
  ...request,
  path: pick([
    "/", "//", "/%", "/%zz", "/%00", "/%2e%2e/%2e%2e/etc/passwd", "/../../etc/passwd", `/${"a/".repeat(2000)}`, "/bucket/", "/bucket/%c3%28", "/%ff", "/bucket/..", "/bucket/a%2f..%2fb",
    "/2015-03-31/functions", "/2015-03-31/functions/%zz/invocations", "/2015-03-31/functions//invocations", "/endpoints//invocations", "/endpoints/%20/invocations", `${request.path}/`, `${request.path}/extra`, `${request.path}%`,
  ]),
});

const query: Damage = (request, { pick }) => ({
  ...request,
  query: pick([
    "%", "a=%zz", "&&&=&", "max-keys=abc", "max-keys=-1", "max-keys=99999999999999999999", "list-type=2&continuation-token=%00", "uploads&uploadId=x&partNumber=abc", "partNumber=1.5&uploadId=x", "versionId=", "X-Amz-Signature=x", "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    "AWSAccessKeyId=a&Signature=b&Expires=c", "Action=GetUser&Version=2010-05-08", "Action=x", "delete", "policy&acl&cors", "encoding-type=nonsense", "MaxItems=abc", "Qualifier=", `${"a=b&".repeat(3000)}`, "__proto__=1&constructor=2",
  ]),
});

const method: Damage = (request, { pick }) => ({ ...request, method: pick(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS", "PROPFIND", "TRACE"]) });

/** Larger than any service's limit when it is opened. */
const BOMB = gzipSync(Buffer.alloc(80 * 1024 * 1024));
const bomb: Damage = (request) => withHeader(withBody(request, BOMB), "content-encoding", "gzip");
const chunks: Damage = (request, { pick }) => withHeader(withHeader(
  withBody(request, pick(["5\r\nhello\r\n0\r\n\r\n", "zz\r\n", "ffffffffffff\r\nx", "5;chunk-signature=0\r\nhello\r\n", "0\r\nx-amz-checksum-crc32:AAAA\r\n", "5\nhello"])),
  "x-amz-content-sha256", pick(["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"]),
), "x-amz-decoded-content-length", "5");

/** What can be wrong before the signature is made, which therefore holds. */
export const DAMAGES: readonly Damage[] = [none, none, none, json, json, json, json, cut, flippedBytes, foreignBody, foreignBody, headers, headers, path, query, method, chunks];

/** One in fifty: each costs a tenth of a second to refuse. */
export const BOMBS = 0.02;
export const damageByBomb = bomb;

/** What is wrong with the signature itself. */
export function damageSignature(request: RawRequest, { pick }: Chance): RawRequest {
  const authorization = request.headers["authorization"] ?? "";
  const [name, value] = pick([
    ["authorization", ""], ["authorization", "AWS4-HMAC-SHA256"], ["authorization", "AWS4-HMAC-SHA256 Credential=,SignedHeaders=,Signature="], ["authorization", "Basic dGVzdDp0ZXN0"], ["authorization", "AWS test:x"],
    ["authorization", authorization.slice(0, -3)], ["authorization", authorization.replace("SignedHeaders=", "SignedHeaders=__proto__;")], ["authorization", authorization.replace("aws4_request", "x")], ["authorization", authorization.replace(/\d{8}/, "99999999")],
    ["x-amz-date", "yesterday"], ["x-amz-date", "20130524T000000Z"], ["x-amz-date", "99999999T999999Z"], ["date", "\u00ff"], ["x-amz-security-token", "x".repeat(5000)],
  ] as const);
  return withHeader(request, name, value);
}
