import { defineErrors } from "../../base/errors.ts";
import type { Instant } from "../../base/instant.ts";
import { formatExtended } from "./time.ts";

/** S3's refusals that no other service has. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const s3Errors = defineErrors({
  queryParameters: { code: "AuthorizationQueryParametersError", status: 400, message: (detail: string) => detail },
  expired: {
    code: "AccessDenied", status: 403,
    message: (_expires: Instant, _now: Instant, _seconds: number | undefined) => "Request has expired",
    members: (expires: Instant, now: Instant, seconds: number | undefined) => ({
      ...(seconds === undefined ? {} : { "X-Amz-Expires": String(seconds) }),
      Expires: formatExtended(expires), ServerTime: formatExtended(now),
    }),
  },
  notYetValid: { code: "AccessDenied", status: 403, message: () => "Request is not yet valid" },
  headersNotSigned: {
    code: "AccessDenied", status: 403,
    message: (_names: readonly string[]) => "There were headers present in the request which were not signed",
    members: (names: readonly string[]) => ({ HeadersNotSigned: names.join(", ") }),
  },
  noDate: { code: "AccessDenied", status: 403, message: () => "AWS authentication requires a valid Date or x-amz-date header" },
  badExpires: { code: "AccessDenied", status: 403, message: (value: string) => `Invalid date (should be seconds since epoch): ${value}` },
  missingHash: {
    code: "InvalidRequest", status: 400, message: () => "Missing required header for this request: x-amz-content-sha256",
  },
  badHash: {
    code: "InvalidArgument", status: 400,
    message: (_value: string) =>
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, " +
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    members: (value: string) => ({ ArgumentName: "x-amz-content-sha256", ArgumentValue: value }),
  },
  /** Header signatures of version 2, which newer regions of AWS refuse in these words; presigned ones are accepted. */
  oldMechanism: {
    code: "InvalidRequest", status: 400,
    message: () => "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
  },
  unknownMechanism: {
    code: "InvalidArgument", status: 400, message: (_value: string) => "Unsupported Authorization Type",
    members: (value: string) => ({ ArgumentName: "Authorization", ArgumentValue: value }),
  },
  twoMechanisms: {
    code: "InvalidArgument", status: 400,
    message: (_value: string) =>
      "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the " +
      "Authorization header should be specified",
    members: (value: string) => ({ ArgumentName: "Authorization", ArgumentValue: value }),
  },
});
