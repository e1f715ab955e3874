import { hash } from "node:crypto";
import { canonicalQuery, doublyEncodedPath, singlyEncodedPath } from "./encode.ts";
import type { Claim, SignatureRequest } from "./types.ts";

/** A header's value as it is signed. A name that is no header (even `constructor`) has none. */
const trimmed = (value: unknown): string => {
  if (typeof value !== "string") return "";
  const text = value.trim();
  return text.includes("  ") ? text.replaceAll(/ {2,}/g, " ") : text;
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, step 1 */
export function canonicalRequest(
  request: SignatureRequest,
  claim: Claim,
  parts: { readonly pairs: readonly (readonly [string, string])[]; readonly payloadHash: string },
): string {
  const path = request.dialect === "s3" ? singlyEncodedPath(request.path) : doublyEncodedPath(request.path);
  const query = canonicalQuery(parts.pairs, claim.presigned ? "X-Amz-Signature" : undefined);
  let headers = "";
  for (const name of claim.signedHeaders) headers += `${name}:${trimmed(request.headers[name])}\n`;
  return `${request.method}\n${path}\n${query}\n${headers}\n${claim.signedHeaders.join(";")}\n${parts.payloadHash}`;
}

export const scopeOf = (claim: Claim): string => `${claim.date}/${claim.region}/${claim.service}/aws4_request`;

/** Step 3 of the same page. */
export const stringToSign = (claim: Claim, canonical: string): string =>
  `AWS4-HMAC-SHA256\n${claim.timestamp}\n${scopeOf(claim)}\n${hash("sha256", canonical, "hex")}`;
