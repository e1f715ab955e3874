import { refusals } from "./refusals.ts";
import { s3Errors } from "./s3-errors.ts";
import { parseBasic, parseHttpDate, formatBasic } from "./time.ts";
import type { Claim, SignatureRequest } from "./types.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";
/** A week: the longest that a presigned URL of S3 may live. */
const MAX_EXPIRES_SECONDS = 604_800;
const SHAPE = '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"';

type Scope = Pick<Claim, "accessKeyId" | "date" | "region" | "service">;

/** Reads `key/date/region/service/aws4_request`. An access key id may itself contain slashes, a scope may not. */
function readCredential(request: SignatureRequest, credential: string, malformed: (detail: string) => Error): Scope {
  const parts = credential.split("/");
  const [date = "", region = "", service = "", terminator = ""] = parts.slice(-4);
  const accessKeyId = parts.slice(0, -4).join("/");
  const s3 = request.dialect === "s3";
  if (parts.length < 5 || accessKeyId === "") {
    throw malformed(s3
      ? `the Credential is mal-formed; expecting ${SHAPE}.`
      : `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`);
  }
  if (terminator !== "aws4_request") {
    throw s3
      ? malformed(`incorrect terminal "${terminator}". This endpoint uses "aws4_request".`)
      : refusals[request.dialect].scope(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`);
  }
  if (s3 && !/^\d{8}$/.test(date)) {
    throw malformed(`incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`);
  }
  return { accessKeyId, date, region, service };
}

const wanted = (names: readonly string[], found: Readonly<Record<string, string | undefined>>): string =>
  names.filter((name) => !found[name]).map((name) => `Authorization header requires '${name}' parameter. `).join("");

/** Reads an `Authorization: AWS4-HMAC-SHA256 …` header. Throws the service's own error when a part is missing. */
export function claimFromHeader(request: SignatureRequest, header: string): Claim {
  const words = refusals[request.dialect];
  const found: Record<string, string | undefined> = {};
  for (const piece of header.slice(ALGORITHM.length).split(",")) {
    const text = piece.trim();
    const at = text.indexOf("=");
    if (at > 0) found[text.slice(0, at)] = text.slice(at + 1);
  }
  const { Credential: credential, SignedHeaders: signedHeaders, Signature: signature } = found;
  const stamp = request.headers["x-amz-date"] ?? request.headers["date"];
  if (!credential || !signedHeaders || !signature) {
    if (request.dialect === "s3") {
      throw words.incomplete("the authorization header requires three components: Credential, SignedHeaders, and Signature.");
    }
    const date = stamp === undefined ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " : "";
    throw words.incomplete(`${wanted(["Credential", "Signature", "SignedHeaders"], found)}${date}Authorization=${ALGORITHM}`);
  }
  const scope = readCredential(request, credential, (detail) => words.incomplete(detail));
  if (stamp === undefined) {
    if (request.dialect === "s3") throw s3Errors.noDate();
    throw words.incomplete(
      `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=${ALGORITHM}`,
    );
  }
  const basic = parseBasic(stamp);
  const moment = basic ?? parseHttpDate(stamp);
  if (moment === undefined) {
    if (request.dialect === "s3") throw s3Errors.noDate();
    throw words.incomplete(`Date must be in ISO-8601 'basic format'. Got '${stamp}'. See http://en.wikipedia.org/wiki/ISO_8601`);
  }
  return {
    ...scope, signature, moment, timestamp: basic === undefined ? formatBasic(moment) : stamp, presigned: false, expiresSeconds: undefined,
    signedHeaders: signedHeaders.split(";"), token: request.headers["x-amz-security-token"],
  };
}

const REQUIRED = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders"] as const;

function readExpires(value: string): number {
  const seconds = Number(value);
  if (!/^-?\d+$/.test(value)) throw s3Errors.queryParameters("X-Amz-Expires should be a number");
  if (seconds < 0) throw s3Errors.queryParameters("X-Amz-Expires must be non-negative");
  if (seconds > MAX_EXPIRES_SECONDS) {
    throw s3Errors.queryParameters(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
  return seconds;
}

/** Reads a presigned URL's parameters. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export function claimFromQuery(request: SignatureRequest, query: ReadonlyMap<string, string>): Claim {
  const s3 = request.dialect === "s3";
  const words = refusals[request.dialect];
  const required = s3 ? [...REQUIRED, "X-Amz-Expires"] : REQUIRED;
  const missing = required.filter((name) => !query.get(name));
  if (missing.length > 0) {
    if (!s3) throw words.incomplete(missing.map((name) => `AWS query-string parameters must include '${name}'. `).join("") + "Re-examine the query-string parameters.");
    throw s3Errors.queryParameters(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, " +
        "X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  if (query.get("X-Amz-Algorithm") !== ALGORITHM) {
    if (s3) throw s3Errors.queryParameters(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
    throw words.incomplete(`Unsupported AWS 'algorithm': '${query.get("X-Amz-Algorithm")}'.`);
  }
  const scope = readCredential(request, query.get("X-Amz-Credential") ?? "", (detail) =>
    s3 ? s3Errors.queryParameters(`Error parsing the X-Amz-Credential parameter; ${detail}`) : words.incomplete(detail));
  const timestamp = query.get("X-Amz-Date") ?? "";
  const moment = parseBasic(timestamp);
  if (moment === undefined) {
    if (s3) throw s3Errors.queryParameters('X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd\'T\'HHmmss\'Z\'"');
    throw words.incomplete(`Date must be in ISO-8601 'basic format'. Got '${timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601`);
  }
  return {
    ...scope, timestamp, moment, presigned: true,
    signature: query.get("X-Amz-Signature") ?? "", signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    token: query.get("X-Amz-Security-Token"), expiresSeconds: s3 ? readExpires(query.get("X-Amz-Expires") ?? "") : undefined,
  };
}
