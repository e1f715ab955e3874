import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { MINUTE, plus, SECOND, toDate } from "../../../src/base/instant.ts";
import { authenticate, type Dialect, type SignatureRequest } from "../../../src/wire/signature/index.ts";
import { signingKey } from "../../../src/wire/signature/keys.ts";
import { formatBasic } from "../../../src/wire/signature/time.ts";
import { at, keyring, refusalOf, s3Request } from "./support.ts";

const USER = { accessKeyId: "AKIAUSER", secretAccessKey: "user-secret" };
const SESSION = { accessKeyId: "ASIASESSION", secretAccessKey: "session-secret", sessionToken: "the-token", expires: at("2026-01-01T12:30:00Z") };
const source = keyring(USER, SESSION);
const now = at("2026-01-01T12:00:00Z");
const EMPTY = createHash("sha256").digest("hex");

interface Signing {
  readonly dialect: Dialect;
  readonly key?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly time?: typeof now;
  readonly service?: string;
  readonly extra?: Readonly<Record<string, string>>;
  readonly credential?: string;
  readonly signedHeaders?: readonly string[];
}

/** Signs an empty GET of `/` by the published procedure, or wrongly on purpose. */
function signed({ dialect, key = USER, time = now, service = dialect === "s3" ? "s3" : "sts", extra = {}, credential, signedHeaders }: Signing): SignatureRequest {
  const timestamp = formatBasic(time);
  const scope = { date: timestamp.slice(0, 8), region: "us-east-1", service };
  const headers: Record<string, string> = { host: "127.0.0.1:4566", "x-amz-content-sha256": EMPTY, "x-amz-date": timestamp, ...extra };
  const names = signedHeaders ?? Object.keys(headers).sort();
  const canonical = `GET\n/\n\n${names.map((name) => `${name}:${headers[name]}\n`).join("")}\n${names.join(";")}\n${EMPTY}`;
  const text = `AWS4-HMAC-SHA256\n${timestamp}\n${scope.date}/us-east-1/${service}/aws4_request\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = createHmac("sha256", signingKey(key.secretAccessKey, scope)).update(text).digest("hex");
  const claimed = credential ?? `${key.accessKeyId}/${scope.date}/us-east-1/${service}/aws4_request`;
  headers["authorization"] = `AWS4-HMAC-SHA256 Credential=${claimed}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { dialect, method: "GET", path: "/", query: "", headers, services: [dialect === "s3" ? "s3" : "sts"] };
}

const refused = (request: SignatureRequest) => {
  const { code, status, message, members } = refusalOf(() => authenticate(request, source, now));
  return { code, status, message, members };
};
const token = (value: string) => ({ "x-amz-security-token": value });
const INVALID = "The security token included in the request is invalid.";

test.each(["s3", "json", "query", "rest-json"] as const)("a right signature is accepted, of a user and of a session (%s)", (dialect) => {
  expect(authenticate(signed({ dialect }), source, now)).toMatchObject({ kind: "signed", accessKeyId: "AKIAUSER" });
  expect(authenticate(signed({ dialect, key: SESSION, extra: token("the-token") }), source, now)).toMatchObject({ accessKeyId: "ASIASESSION" });
});

test.each([
  ["json", "UnrecognizedClientException", 400], ["query", "InvalidClientTokenId", 403], ["rest-json", "UnrecognizedClientException", 403],
] as const)("%s says %s of an unknown key and of a token that is missing, wrong or out of place", (dialect, code, status) => {
  const unknown = { accessKeyId: "AKIANOBODY", secretAccessKey: "x" };
  for (const request of [
    signed({ dialect, key: unknown }), signed({ dialect, key: SESSION }), signed({ dialect, key: SESSION, extra: token("other") }),
    signed({ dialect, extra: token("the-token") }),
  ]) expect(refused(request)).toMatchObject({ code, status, message: INVALID });
});

test("S3 tells an unknown key from a wrong token", () => {
  const unknown = signed({ dialect: "s3", key: { accessKeyId: "AKIANOBODY", secretAccessKey: "x" } });
  expect(refused(unknown)).toMatchObject({ code: "InvalidAccessKeyId", status: 403, members: { AWSAccessKeyId: "AKIANOBODY" } });
  expect(refused(signed({ dialect: "s3", key: SESSION }))).toMatchObject({ code: "InvalidAccessKeyId" });
  expect(refused(signed({ dialect: "s3", key: SESSION, extra: token("other") }))).toMatchObject({ code: "InvalidToken", status: 400 });
});

test.each([
  ["s3", "ExpiredToken", 400, "The provided token has expired."],
  ["json", "ExpiredTokenException", 400, "The security token included in the request is expired"],
  ["query", "ExpiredToken", 403, "The security token included in the request is expired"],
  ["rest-json", "ExpiredTokenException", 403, "The security token included in the request is expired"],
] as const)("an expired session is refused (%s: %s)", (dialect, code, status, message) => {
  const later = plus(SESSION.expires, SECOND);
  const request = signed({ dialect, key: SESSION, extra: token("the-token"), time: later });
  expect(refusalOf(() => authenticate(request, source, later))).toMatchObject({ code, status, message });
});

test.each([["json", "InvalidSignatureException"], ["query", "SignatureDoesNotMatch"]] as const)(
  "a time more than fifteen minutes off is refused with both times (%s)", (dialect, code) => {
    expect(refused(signed({ dialect, time: plus(now, -16 * MINUTE) }))).toMatchObject({
      code, message: "Signature expired: 20260101T114400Z is now earlier than 20260101T114500Z (20260101T120000Z - 15 min.)",
    });
    expect(refused(signed({ dialect, time: plus(now, 16 * MINUTE) }))).toMatchObject({
      code, message: "Signature not yet current: 20260101T121600Z is still later than 20260101T121500Z (20260101T120000Z + 15 min.)",
    });
    expect(authenticate(signed({ dialect, time: plus(now, -15 * MINUTE) }), source, now).kind).toBe("signed");
  },
);

test("S3 says RequestTimeTooSkewed and by how much it may be", () => {
  expect(refused(signed({ dialect: "s3", time: plus(now, 16 * MINUTE) }))).toMatchObject({
    code: "RequestTimeTooSkewed", status: 403,
    members: { RequestTime: "20260101T121600Z", ServerTime: "2026-01-01T12:00:00Z", MaxAllowedSkewMilliseconds: "900000" },
  });
});

test("S3 shows what it signed when a signature does not match", () => {
  const request = signed({ dialect: "s3" });
  const { code, members } = refused({ ...request, method: "PUT" });
  expect(code).toBe("SignatureDoesNotMatch");
  expect(members).toMatchObject({ AWSAccessKeyId: "AKIAUSER", CanonicalRequest: expect.stringMatching(/^PUT\n\/\n\nhost:127\.0\.0\.1:4566\n/) });
  expect(members?.["StringToSignBytes"]).toMatch(/^41 57 53 34 2d /);
});

test("the scope must name the service, the day and the terminator", () => {
  expect(refused(signed({ dialect: "query", service: "iam" }))).toMatchObject({ code: "SignatureDoesNotMatch", message: "Credential should be scoped to correct service: 'sts'. " });
  expect(refused(signed({ dialect: "s3", service: "sts" }))).toMatchObject({
    code: "AuthorizationHeaderMalformed", status: 400,
    message: 'The authorization header is malformed; incorrect service "sts". This endpoint belongs to "s3".',
  });
  expect(refused(signed({ dialect: "json", credential: "AKIAUSER/20250101/us-east-1/sts/aws4_request" })).message)
    .toBe("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20250101' != '20260101', from '20260101T120000Z'.");
  expect(refused(signed({ dialect: "json", credential: "AKIAUSER/20260101/us-east-1/sts" }))).toMatchObject({ code: "IncompleteSignatureException" });
  expect(refused(signed({ dialect: "query", credential: "AKIAUSER/20260101/us-east-1/sts/aws3_request" })).message)
    .toBe("Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'.");
});

test("a header without its parts is refused by the names of what is missing", () => {
  const broken = (dialect: Dialect, authorization: string) => refused({ ...signed({ dialect }), headers: { host: "h", authorization } });
  expect(broken("query", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request")).toMatchObject({
    code: "IncompleteSignature", status: 400,
    message: "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. " +
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
  });
  expect(broken("s3", "AWS4-HMAC-SHA256 nonsense").code).toBe("AuthorizationHeaderMalformed");
  expect(broken("s3", "AWS AKIA:c2lnbmF0dXJl").code).toBe("InvalidRequest");
  expect(broken("s3", "Bearer x").code).toBe("InvalidArgument");
  expect(broken("json", "Bearer x").code).toBe("MissingAuthenticationTokenException");
});

test("headers that matter and were not signed are refused", () => {
  const smuggled = signed({ dialect: "s3" });
  expect(refused({ ...smuggled, headers: { ...smuggled.headers, "x-amz-acl": "public-read" } })).toMatchObject({
    code: "AccessDenied", message: "There were headers present in the request which were not signed", members: { HeadersNotSigned: "x-amz-acl" },
  });
  expect(refused(signed({ dialect: "json", signedHeaders: ["x-amz-date"] })).message)
    .toBe("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
});

test("S3 wants to know the body's hash, and only a form of it that it knows", () => {
  const { "x-amz-content-sha256": _, ...headers } = signed({ dialect: "s3" }).headers;
  expect(refused({ ...signed({ dialect: "s3" }), headers })).toMatchObject({ code: "InvalidRequest", message: "Missing required header for this request: x-amz-content-sha256" });
});

test("a request that claims nothing is anonymous", () => {
  expect(authenticate(s3Request({ headers: { host: "h" } }), source, now)).toEqual({ kind: "anonymous" });
  expect(authenticate(s3Request({ headers: { host: "h" }, query: "list-type=2" }), source, now)).toEqual({ kind: "anonymous" });
});

const presign = (parameters: Record<string, string>) => s3Request({
  headers: { host: "h" },
  query: new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": "AKIAUSER/20260101/us-east-1/s3/aws4_request", "X-Amz-Date": "20260101T110000Z",
    "X-Amz-Expires": "60", "X-Amz-SignedHeaders": "host", "X-Amz-Signature": "0".repeat(64), ...parameters,
  }).toString(),
});

test("a presigned URL outlives its seconds no more than it precedes its time", () => {
  expect(refused(presign({}))).toMatchObject({
    code: "AccessDenied", status: 403, message: "Request has expired",
    members: { "X-Amz-Expires": "60", Expires: "2026-01-01T11:01:00Z", ServerTime: "2026-01-01T12:00:00Z" },
  });
  expect(refused(presign({ "X-Amz-Date": "20260101T130000Z" })).message).toBe("Request is not yet valid");
  expect(refused(presign({ "X-Amz-Expires": "7200" })).code).toBe("SignatureDoesNotMatch");
});

test.each([
  [{ "X-Amz-Expires": "604801" }, /less than a week/], [{ "X-Amz-Expires": "-1" }, /non-negative/], [{ "X-Amz-Expires": "soon" }, /should be a number/],
  [{ "X-Amz-Date": "yesterday" }, /ISO8601 Long Format/], [{ "X-Amz-Credential": "AKIA" }, /the Credential is mal-formed/],
  [{ "X-Amz-Algorithm": "AWS4-ECDSA" }, /only supports/], [{ "X-Amz-Signature": "" }, /requires the X-Amz-Algorithm/],
])("a presigned URL with %o is refused", (parameters, message) => {
  expect(refused(presign(parameters as Record<string, string>))).toMatchObject({ code: "AuthorizationQueryParametersError", status: 400, message: expect.stringMatching(message) });
});

test("two ways to sign at once are one too many", () => {
  const request = presign({});
  expect(refused({ ...request, headers: { ...request.headers, authorization: "AWS4-HMAC-SHA256 x" } }).code).toBe("InvalidArgument");
});

test("a version 2 presigned URL is accepted until it expires", () => {
  const expires = String(toDate(plus(now, MINUTE)).getTime() / 1000);
  const signature = createHmac("sha1", USER.secretAccessKey).update(`GET\n\n\n${expires}\n/bucket/a%20key?versionId=v`).digest("base64");
  const request = s3Request({
    path: "/bucket/a%20key", headers: { host: "h" },
    query: new URLSearchParams({ AWSAccessKeyId: USER.accessKeyId, Expires: expires, Signature: signature, versionId: "v" }).toString(),
  });
  expect(authenticate(request, source, now)).toMatchObject({ kind: "signed", version: "AWS" });
  expect(authenticate({ ...request, path: "/a%20key", bucket: "bucket" }, source, now)).toMatchObject({ kind: "signed" });
  expect(refused({ ...request, path: "/bucket/other" }).code).toBe("SignatureDoesNotMatch");
  expect(refusalOf(() => authenticate(request, source, plus(now, 2 * MINUTE)))).toMatchObject({ message: "Request has expired" });
});

test("names that objects have by birth are no headers", () => {
  const request = signed({ dialect: "json", signedHeaders: ["__proto__", "constructor", "host", "x-amz-date"] });
  expect(refused(request).code).toBe("InvalidSignatureException");
});
