import { hash } from "node:crypto";
import { s3Errors } from "./s3-errors.ts";
import type { ChunkSeed, Claim, SignatureRequest, SignedPayload } from "./types.ts";

export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const UNSIGNED = "UNSIGNED-PAYLOAD";
const SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_CHUNKS_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const SHA256 = /^[0-9a-f]{64}$/;

/** The last line of the canonical request. */
export function payloadHash(request: SignatureRequest, claim: Claim, query: ReadonlyMap<string, string>): string {
  const header = request.headers["x-amz-content-sha256"];
  if (request.dialect !== "s3") {
    if (request.body === undefined) return header ?? EMPTY_SHA256;
    return request.body.length === 0 ? EMPTY_SHA256 : hash("sha256", request.body, "hex");
  }
  if (claim.presigned) return query.get("X-Amz-Content-Sha256") ?? header ?? UNSIGNED;
  if (header === undefined) throw s3Errors.missingHash();
  return header;
}

/** What the signed value asks of the body's reader. Throws S3's InvalidArgument when it is none that S3 knows. */
export function signedPayload(request: SignatureRequest, value: string, seed: () => ChunkSeed): SignedPayload {
  if (SHA256.test(value)) return { kind: "hash", sha256: value };
  if (request.dialect !== "s3") return { kind: "unsigned" };
  switch (value) {
    case UNSIGNED: return { kind: "unsigned" };
    case SIGNED_CHUNKS: return { kind: "chunked", seed: seed(), trailer: false };
    case SIGNED_CHUNKS_TRAILER: return { kind: "chunked", seed: seed(), trailer: true };
    case UNSIGNED_TRAILER: return { kind: "chunked", seed: undefined, trailer: true };
    default: throw s3Errors.badHash(value);
  }
}

/** The same for a request without a signature: S3 still holds an anonymous body to the hash it names. */
export function anonymousPayload(headers: Readonly<Record<string, string>>): SignedPayload {
  const value = headers["x-amz-content-sha256"];
  if (value !== undefined && SHA256.test(value)) return { kind: "hash", sha256: value };
  return value === UNSIGNED_TRAILER ? { kind: "chunked", seed: undefined, trailer: true } : { kind: "unsigned" };
}
