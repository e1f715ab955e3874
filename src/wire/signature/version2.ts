import { createHmac } from "node:crypto";
import { instant, SECOND, type Instant } from "../../base/instant.ts";
import type { CredentialSource } from "../principal.ts";
import { checkToken, requireCredentials } from "./credentials.ts";
import { sameSecret } from "./keys.ts";
import { refusals } from "./refusals.ts";
import { s3Errors } from "./s3-errors.ts";
import type { Authenticated, SignatureRequest } from "./types.ts";

/** Parameters that name a subresource or override a response header, and so are signed. */
const SIGNED_PARAMETERS = new Set([
  "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location", "logging",
  "metrics", "notification", "object-lock", "legal-hold", "retention", "partNumber", "policy", "policyStatus",
  "publicAccessBlock", "encryption", "ownershipControls", "intelligent-tiering", "replication", "requestPayment",
  "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
  "response-content-type", "response-expires", "restore", "select", "select-type", "storageClass", "tagging", "torrent",
  "uploadId", "uploads", "versionId", "versioning", "versions", "website", "x-amz-security-token",
]);

function resource(request: SignatureRequest, pairs: readonly (readonly [string, string])[]): string {
  const signed = pairs
    .filter(([name]) => SIGNED_PARAMETERS.has(name))
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const path = `${request.bucket === undefined ? "" : `/${request.bucket}`}${request.path}`;
  return signed.length > 0 ? `${path}?${signed.join("&")}` : path;
}

function text(request: SignatureRequest, pairs: readonly (readonly [string, string])[], expires: string): string {
  const { headers } = request;
  const amazon = Object.keys(headers)
    .filter((name) => name.startsWith("x-amz-"))
    .sort()
    .map((name) => `${name}:${headers[name]?.trim()}\n`)
    .join("");
  return `${request.method}\n${headers["content-md5"] ?? ""}\n${headers["content-type"] ?? ""}\n${expires}\n${amazon}${resource(request, pairs)}`;
}

/**
 * A presigned URL of signature version 2, which `boto3.generate_presigned_url` still makes for S3 by default.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
 */
export function authenticateVersion2(
  request: SignatureRequest,
  pairs: readonly (readonly [string, string])[],
  { source, now }: { readonly source: CredentialSource; readonly now: Instant },
): Authenticated {
  const query = new Map(pairs);
  const accessKeyId = query.get("AWSAccessKeyId") ?? "";
  const expires = query.get("Expires") ?? "";
  if (!/^\d{1,12}$/.test(expires)) throw s3Errors.badExpires(expires);
  const moment = instant(Number(expires) * SECOND);
  if (moment <= now) throw s3Errors.expired(moment, now, undefined);
  const credentials = requireCredentials("s3", accessKeyId, source);
  checkToken("s3", { credentials, token: query.get("x-amz-security-token") ?? request.headers["x-amz-security-token"] }, now);
  const stringToSign = text(request, pairs, expires);
  const signature = query.get("Signature") ?? "";
  const own = createHmac("sha1", credentials.secretAccessKey).update(stringToSign).digest("base64");
  if (!sameSecret(own, signature)) {
    throw refusals.s3.mismatch({ accessKeyId, signature, stringToSign, canonicalRequest: undefined });
  }
  return {
    kind: "signed", credentials, accessKeyId, scope: { date: "", region: "", service: "" }, payload: { kind: "unsigned" },
    presigned: true, version: "AWS", signedAt: undefined,
  };
}
