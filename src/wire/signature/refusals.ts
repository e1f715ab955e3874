import { ServiceError } from "../../base/errors.ts";
import { MINUTE, plus, type Instant } from "../../base/instant.ts";
import { formatBasic, formatExtended } from "./time.ts";
import type { Claim, Dialect } from "./types.ts";

/** How far a request's time may be from ours, as AWS has it. */
export const ALLOWED_SKEW = 15 * MINUTE;

/** What was signed against what was found, which S3 shows to the client. */
export interface Mismatch {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly stringToSign: string;
  readonly canonicalRequest: string | undefined;
}

/** One protocol family's words for each reason to refuse a signature. */
export interface Refusals {
  missing(): ServiceError;
  /** `detail` is a whole sentence in AWS's words. */
  incomplete(detail: string): ServiceError;
  scope(detail: string): ServiceError;
  unknownKey(accessKeyId: string): ServiceError;
  badToken(token: string): ServiceError;
  expiredToken(token: string): ServiceError;
  skewed(claim: Pick<Claim, "timestamp" | "moment">, now: Instant): ServiceError;
  mismatch(facts: Mismatch): ServiceError;
}

const INVALID_TOKEN = "The security token included in the request is invalid.";
const EXPIRED_TOKEN = "The security token included in the request is expired";
const MISMATCH =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key " +
  "and signing method. Consult the service documentation for details.";

function skewText({ timestamp, moment }: Pick<Claim, "timestamp" | "moment">, now: Instant): string {
  const at = formatBasic(now);
  return moment < now
    ? `Signature expired: ${timestamp} is now earlier than ${formatBasic(plus(now, -ALLOWED_SKEW))} (${at} - 15 min.)`
    : `Signature not yet current: ${timestamp} is still later than ${formatBasic(plus(now, ALLOWED_SKEW))} (${at} + 15 min.)`;
}

interface Codes {
  readonly missing: string;
  readonly incomplete: string;
  readonly signature: string;
  readonly unknown: string;
  readonly expired: string;
  /** 400 in awsJson services, 403 where IAM, STS and the REST front refuse. */
  readonly status: number;
}

const family = (codes: Codes): Refusals => {
  const signature = (text: string): ServiceError => new ServiceError(codes.signature, codes.status, text);
  const unknown = (): ServiceError => new ServiceError(codes.unknown, codes.status, INVALID_TOKEN);
  return {
    missing: () => new ServiceError(codes.missing, codes.status, "Missing Authentication Token"),
    incomplete: (detail) => new ServiceError(codes.incomplete, codes.incomplete === "IncompleteSignature" ? 400 : codes.status, detail),
    scope: signature,
    unknownKey: unknown,
    badToken: unknown,
    expiredToken: () => new ServiceError(codes.expired, codes.status, EXPIRED_TOKEN),
    skewed: (claim, now) => signature(skewText(claim, now)),
    mismatch: () => signature(MISMATCH),
  };
};

// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and .../sagemaker/latest/APIReference/CommonErrors.html
const json: Codes = {
  missing: "MissingAuthenticationTokenException", incomplete: "IncompleteSignatureException",
  signature: "InvalidSignatureException", unknown: "UnrecognizedClientException", expired: "ExpiredTokenException", status: 400,
};
const query: Codes = {
  missing: "MissingAuthenticationToken", incomplete: "IncompleteSignature",
  signature: "SignatureDoesNotMatch", unknown: "InvalidClientTokenId", expired: "ExpiredToken", status: 403,
};

const bytesOf = (text: string): string => [...Buffer.from(text)].map((b) => b.toString(16).padStart(2, "0")).join(" ");

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const s3: Refusals = {
  missing: () => new ServiceError("AccessDenied", 403, "Access Denied"),
  incomplete: (detail) => new ServiceError("AuthorizationHeaderMalformed", 400, `The authorization header is malformed; ${detail}`),
  scope: (detail) => new ServiceError("AuthorizationHeaderMalformed", 400, `The authorization header is malformed; ${detail}`),
  unknownKey: (accessKeyId) =>
    new ServiceError("InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records.", {
      AWSAccessKeyId: accessKeyId,
    }),
  badToken: (token) =>
    new ServiceError("InvalidToken", 400, "The provided token is malformed or otherwise invalid.", { "Token-0": token }),
  expiredToken: (token) => new ServiceError("ExpiredToken", 400, "The provided token has expired.", { "Token-0": token }),
  skewed: ({ timestamp }, now) =>
    new ServiceError("RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large.", {
      RequestTime: timestamp, ServerTime: formatExtended(now), MaxAllowedSkewMilliseconds: String(ALLOWED_SKEW),
    }),
  mismatch: ({ accessKeyId, signature, stringToSign, canonicalRequest }) =>
    new ServiceError(
      "SignatureDoesNotMatch", 403,
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
      {
        AWSAccessKeyId: accessKeyId, StringToSign: stringToSign, SignatureProvided: signature, StringToSignBytes: bytesOf(stringToSign),
        ...(canonicalRequest === undefined ? {} : { CanonicalRequest: canonicalRequest, CanonicalRequestBytes: bytesOf(canonicalRequest) }),
      },
    ),
};

export const refusals: Readonly<Record<Dialect, Refusals>> = {
  s3, json: family(json), query: family(query), "rest-json": family({ ...json, status: 403 }),
};
