import { createHash } from "node:crypto";
import { instant } from "../../../src/base/instant.ts";
import { canonicalRequest, stringToSign } from "../../../src/wire/signature/canonical.ts";
import { queryPairs } from "../../../src/wire/signature/encode.ts";
import { hmacHex, signingKey } from "../../../src/wire/signature/keys.ts";
import { formatBasic } from "../../../src/wire/signature/time.ts";

/** A request before it is sent, exactly as it will stand on the wire. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Signing name. */
  readonly service: string;
  readonly now: number;
}

/** Signs whatever stands there, right or wrong in every other respect, so that it gets past authentication. */
export function sign(request: RawRequest, { accessKeyId, secretAccessKey, service, now }: Signer): RawRequest {
  const moment = instant(now);
  const timestamp = formatBasic(moment);
  const scope = { date: timestamp.slice(0, 8), region: "us-east-1", service };
  const { authorization: _, ...unsigned } = request.headers;
  const payloadHash = unsigned["x-amz-content-sha256"] ?? createHash("sha256").update(request.body).digest("hex");
  const headers: Record<string, string> = { ...unsigned, "x-amz-date": timestamp, ...(service === "s3" && { "x-amz-content-sha256": payloadHash }) };
  const signedHeaders = Object.keys(headers).filter((name) => name === "host" || name.startsWith("x-amz-")).sort();
  const claim = {
    ...scope, accessKeyId, signedHeaders, signature: "", timestamp, moment, token: undefined, presigned: false, expiresSeconds: undefined,
  };
  const canonical = canonicalRequest({ ...request, headers, dialect: service === "s3" ? "s3" : "json" }, claim, {
    pairs: queryPairs(request.query), payloadHash: service === "s3" ? payloadHash : createHash("sha256").update(request.body).digest("hex"),
  });
  const signature = hmacHex(signingKey(secretAccessKey, scope), stringToSign(claim, canonical));
  headers["authorization"] = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.date}/us-east-1/${service}/aws4_request, SignedHeaders=${signedHeaders.join(";")}, Signature=${signature}`;
  return { ...request, headers };
}

/** Signs in the query, host and body only: what a page can send without asking first. */
export function signInQuery(request: RawRequest, { accessKeyId, secretAccessKey, service, now }: Signer): RawRequest {
  const moment = instant(now);
  const timestamp = formatBasic(moment);
  const scope = { date: timestamp.slice(0, 8), region: "us-east-1", service };
  const claim = { ...scope, accessKeyId, signedHeaders: ["host"], signature: "", timestamp, moment, token: undefined, presigned: true, expiresSeconds: undefined };
  const parameters = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": `${accessKeyId}/${scope.date}/us-east-1/${service}/aws4_request`,
    "X-Amz-Date": timestamp, "X-Amz-SignedHeaders": "host",
  });
  const canonical = canonicalRequest({ ...request, dialect: "query" }, claim, {
    pairs: [...parameters], payloadHash: createHash("sha256").update(request.body).digest("hex"),
  });
  parameters.set("X-Amz-Signature", hmacHex(signingKey(secretAccessKey, scope), stringToSign(claim, canonical)));
  return { ...request, query: parameters.toString() };
}
