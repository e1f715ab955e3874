import { plus, SECOND, type Instant } from "../../base/instant.ts";
import type { CredentialSource } from "../principal.ts";
import { canonicalRequest, scopeOf, stringToSign } from "./canonical.ts";
import { ALGORITHM, claimFromHeader, claimFromQuery } from "./claim.ts";
import { checkToken, requireCredentials } from "./credentials.ts";
import { queryPairs } from "./encode.ts";
import { hmacHex, sameSecret, signingKey } from "./keys.ts";
import { payloadHash, signedPayload } from "./payload.ts";
import { ALLOWED_SKEW, refusals } from "./refusals.ts";
import { s3Errors } from "./s3-errors.ts";
import type { Authenticated, Claim, SignatureRequest } from "./types.ts";
import { authenticateVersion2 } from "./version2.ts";

/**
 * Says who signed a request, or that nobody claims to have. Throws AWS's own refusal, in the service's wording, when a
 * signature is claimed and does not hold: unknown key, wrong token, wrong scope, skewed, expired, tampered with.
 */
export function authenticate(request: SignatureRequest, source: CredentialSource, now: Instant): Authenticated {
  const header = request.headers["authorization"];
  const pairs = queryPairs(request.query);
  const query = new Map(pairs);
  const s3 = request.dialect === "s3";
  const presigned = isPresigned(query);
  const oldPresigned = s3 && isOldPresigned(query);
  if (header !== undefined && s3 && (presigned || oldPresigned)) throw s3Errors.twoMechanisms(header);
  if (header === undefined) {
    if (oldPresigned) return authenticateVersion2(request, pairs, { source, now });
    if (!presigned) return { kind: "anonymous" };
    return verify(request, claimFromQuery(request, query), { source, now, pairs, query });
  }
  if (!header.startsWith(ALGORITHM)) {
    if (s3) throw header.startsWith("AWS ") ? s3Errors.oldMechanism() : s3Errors.unknownMechanism(header);
    // The other services take no other mechanism, and see a request without a token.
    throw refusals[request.dialect].missing();
  }
  return verify(request, claimFromHeader(request, header), { source, now, pairs, query });
}

const isPresigned = (query: ReadonlyMap<string, string>): boolean =>
  query.has("X-Amz-Algorithm") || query.has("X-Amz-Credential") || query.has("X-Amz-Signature");
const isOldPresigned = (query: ReadonlyMap<string, string>): boolean => query.has("AWSAccessKeyId") && query.has("Signature");

/** Does the request claim to be somebody's, rightly or not? What does not is anonymous. */
export function claimsSignature({ headers, query }: Pick<SignatureRequest, "headers" | "query">): boolean {
  const parameters = new Map(queryPairs(query));
  return headers["authorization"] !== undefined || isPresigned(parameters) || isOldPresigned(parameters);
}

interface Circumstances {
  readonly source: CredentialSource;
  readonly now: Instant;
  readonly pairs: readonly (readonly [string, string])[];
  readonly query: ReadonlyMap<string, string>;
}

function verify(request: SignatureRequest, claim: Claim, { source, now, pairs, query }: Circumstances): Authenticated {
  checkScope(request, claim);
  checkSignedHeaders(request, claim);
  checkTime(request, claim, now);
  const credentials = requireCredentials(request.dialect, claim.accessKeyId, source);
  checkToken(request.dialect, { credentials, token: claim.token }, now);
  const hash = payloadHash(request, claim, query);
  const canonical = canonicalRequest(request, claim, { pairs, payloadHash: hash });
  const text = stringToSign(claim, canonical);
  const key = signingKey(credentials.secretAccessKey, claim);
  const { accessKeyId, signature } = claim;
  if (!sameSecret(hmacHex(key, text), signature)) {
    throw refusals[request.dialect].mismatch({ accessKeyId, signature, stringToSign: text, canonicalRequest: canonical });
  }
  return {
    kind: "signed", credentials, accessKeyId, presigned: claim.presigned, version: ALGORITHM, signedAt: claim.moment,
    scope: { date: claim.date, region: claim.region, service: claim.service },
    payload: signedPayload(request, hash, () => ({ key, scope: scopeOf(claim), timestamp: claim.timestamp, signature })),
  };
}

/** A Region goes into ARNs, and so must not bring colons or slashes of its own. */
const REGION = /^[a-z0-9-]+$/;

function checkScope({ dialect, services }: SignatureRequest, claim: Claim): void {
  const words = refusals[dialect];
  const [service] = services ?? [];
  if (services && service !== undefined && !services.includes(claim.service)) {
    throw words.scope(dialect === "s3"
      ? `incorrect service "${claim.service}". This endpoint belongs to "${service}".`
      : `Credential should be scoped to correct service: '${service}'. `);
  }
  if (!REGION.test(claim.region)) throw words.scope(dialect === "s3" ? "a non-empty region must be provided in the credential." : "Credential should be scoped to a valid region. ");
  const day = claim.timestamp.slice(0, 8);
  if (claim.date === day) return;
  throw words.scope(dialect === "s3"
    ? `Invalid credential date "${claim.date}". This date is not the same as X-Amz-Date: "${day}".`
    : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.date}' != '${day}', from '${claim.timestamp}'.`);
}

/** The host must be signed everywhere; S3 wants every `x-amz-` header signed too, so that nobody can add one. */
function checkSignedHeaders({ dialect, headers }: SignatureRequest, { signedHeaders }: Claim): void {
  const unsigned = dialect === "s3" ? Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signedHeaders.includes(name)) : [];
  if (!signedHeaders.includes("host")) {
    if (dialect !== "s3") throw refusals[dialect].scope("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    unsigned.unshift("host");
  }
  if (unsigned.length > 0) throw s3Errors.headersNotSigned(unsigned);
}

function checkTime({ dialect }: SignatureRequest, claim: Claim, now: Instant): void {
  if (claim.expiresSeconds === undefined) {
    if (Math.abs(claim.moment - now) > ALLOWED_SKEW) throw refusals[dialect].skewed(claim, now);
    return;
  }
  const expires = plus(claim.moment, claim.expiresSeconds * SECOND);
  if (claim.moment > plus(now, ALLOWED_SKEW)) throw s3Errors.notYetValid();
  if (expires < now) throw s3Errors.expired(expires, now, claim.expiresSeconds);
}
