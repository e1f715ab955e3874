import type { Instant } from "../../../base/instant.ts";
import type { Principal } from "../../../wire/principal.ts";
import type { UrlRecord } from "./function-url.ts";

/** A request to a function URL, as the HTTP layer hands it over. */
export interface FunctionUrlRequest {
  readonly method: string;
  /** As sent, not decoded. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** Names in lower case; several of one name are joined by commas, cookies by `; `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  readonly requestId: string;
  /** The account that anonymous callers are counted to. */
  readonly account: string;
  /** Who signed the request, undefined when nobody did; throws AWS's refusal. Asked only where the URL wants to know. */
  readonly identify: () => Principal | undefined;
}

export interface FunctionUrlResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

const TEXT = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded|[a-z0-9.+-]+\+(json|xml)))/i;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

function clfTime(now: Instant): string {
  const [date = "", time = ""] = new Date(now).toISOString().split("T");
  const [year, month, day] = date.split("-");
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}

/** Values of one name are joined by commas. Absent when there is no query. */
function queryParameters(query: string): Record<string, string> | undefined {
  if (query === "") return undefined;
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  return Object.fromEntries(values);
}

function authorizer(principal: Principal): object | undefined {
  if (principal.kind === "anonymous" || principal.kind === "service") return undefined;
  return {
    iam: {
      accessKey: "accessKeyId" in principal ? principal.accessKeyId : null, accountId: principal.account,
      callerId: principal.kind === "assumed-role" ? `${principal.roleId}:${principal.sessionName}` : principal.kind === "user" ? principal.userId : principal.account,
      cognitoIdentity: null, principalOrgId: null, userArn: principal.arn,
      userId: principal.kind === "assumed-role" ? `${principal.roleId}:${principal.sessionName}` : principal.kind === "user" ? principal.userId : principal.account,
    },
  };
}

/** The event of a function URL: payload format 2.0. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
export function urlEvent(request: FunctionUrlRequest, { url, principal, now }: { readonly url: UrlRecord; readonly principal: Principal; readonly now: Instant }): Buffer {
  const { cookie, ...headers } = request.headers;
  const host = headers["host"] ?? "";
  const parameters = queryParameters(request.query);
  const iam = authorizer(principal);
  const isText = TEXT.test(headers["content-type"] ?? "");
  return Buffer.from(JSON.stringify({
    version: "2.0",
    routeKey: "$default",
    rawPath: request.path,
    rawQueryString: request.query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, "x-forwarded-for": request.sourceIp, "x-forwarded-proto": "http", "x-forwarded-port": host.split(":")[1] ?? "80" },
    ...(parameters === undefined ? {} : { queryStringParameters: parameters }),
    requestContext: {
      accountId: principal.kind === "anonymous" ? "anonymous" : principal.account,
      apiId: url.id,
      ...(iam === undefined ? {} : { authorizer: iam }),
      domainName: host, domainPrefix: url.id,
      http: { method: request.method, path: request.path, protocol: "HTTP/1.1", sourceIp: request.sourceIp, userAgent: headers["user-agent"] ?? "" },
      requestId: request.requestId, routeKey: "$default", stage: "$default", time: clfTime(now), timeEpoch: now,
    },
    ...(request.body.length === 0 ? {} : { body: Buffer.from(request.body).toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: request.body.length > 0 && !isText,
  }));
}

interface ShapedResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: string;
  readonly cookies?: readonly string[];
  readonly isBase64Encoded?: boolean;
}

const isShaped = (value: unknown): value is ShapedResponse => typeof value === "object" && value !== null && Number.isInteger((value as ShapedResponse).statusCode);

const INTERNAL: FunctionUrlResponse = { status: 502, headers: [["content-type", "application/json"]], body: Buffer.from("Internal Server Error") };

/** What a handler's result becomes: an object with `statusCode` is taken apart, anything else is the JSON body of a 200. */
export function urlResponse(result: Uint8Array): FunctionUrlResponse {
  const text = Buffer.from(result).toString();
  const value: unknown = parse(text);
  if (value === undefined) return INTERNAL;
  if (!isShaped(value)) {
    const body = typeof value === "string" ? value : text;
    return { status: 200, headers: [["content-type", "application/json"]], body: Buffer.from(body) };
  }
  const { statusCode, headers = {}, body = "", cookies = [], isBase64Encoded = false } = value;
  // Below 200 HTTP only announces an answer, and the client would wait for it.
  if (statusCode < 200 || statusCode > 599 || typeof body !== "string" || !Array.isArray(cookies)) return INTERNAL;
  const given = Object.entries(headers).map(([name, header]) => [name.toLowerCase(), String(header)] as const);
  const typed = given.some(([name]) => name === "content-type") ? given : [["content-type", "application/json"] as const, ...given];
  return {
    status: statusCode,
    headers: [...typed, ...cookies.map((cookie) => ["set-cookie", String(cookie)] as const)],
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export const failedResponse = INTERNAL;
