import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Instant } from "../base/instant.ts";
import { ServiceError } from "../base/errors.ts";
import { CODE_PATH, handleFunctionUrl, MAX_URL_BODY_BYTES, parseUrlHost, urlAllowsOrigin, type FunctionUrlResponse, type LambdaState } from "../services/lambda/index.ts";
import { uuid } from "../shared/ids.ts";
import { virtualBucket } from "../wire/dispatch.ts";
import type { Principal } from "../wire/principal.ts";
import type { ArrivedRequest, Exchange, Listener } from "../wire/pipeline.ts";
import { admitOrigin } from "../wire/origin.ts";
import { readBody } from "../wire/request-body.ts";
import { httpDate } from "../wire/respond.ts";
import { authenticate, collectHeaders } from "../wire/signature/index.ts";

type Ending = Pick<Exchange, "message" | "response">;

interface Ends {
  readonly lambda: LambdaState;
  readonly listener: Listener;
}

/** Is it for `<id>.lambda-url.<region>.localhost`, or for the address of a package, which is under the server's own name? */
export const isForFunctions = ({ host, path }: ArrivedRequest): boolean =>
  (host.includes(".lambda-url.") && parseUrlHost(host) !== undefined) || (path.startsWith(CODE_PATH) && virtualBucket(host) === undefined);

/**
 * Answers requests to functions' URLs and to the addresses of packages. A page of another origin may call a URL where its
 * own CORS settings allow it, and may be linked to from anywhere.
 */
export async function answerFunctionUrl({ lambda, listener }: Ends, { message, response, arrived: { host } }: Exchange): Promise<void> {
  if (parseUrlHost(host) === undefined) return answerDownload({ lambda, listener }, { message, response });
  const { authorizer, clock, random, log } = listener;
  const requestId = uuid(random);
  const request = arrive(message);
  const verdict = admitOrigin(request, { hosts: () => false, navigation: true, ownPages: true, corsAllows: (origin) => urlAllowsOrigin(lambda, host, origin) });
  if (!verdict.admitted) {
    return send({ message, response }, plain(403, "AccessDeniedException", verdict.reason), clock.now());
  }
  try {
    const body = await readBody({ message, response, headers: request.headers }, MAX_URL_BODY_BYTES);
    send({ message, response }, await handleFunctionUrl(lambda, {
      ...request, body, requestId, sourceIp: message.socket.remoteAddress ?? "", account: listener.account,
      identify: () => identify(listener, request, { message, body }),
    }, {
      clock, random, log,
      authorize: (principal, requests) => authorizer.authorize(principal, requests, {
        service: "lambda", operation: "InvokeFunctionUrl", region: parseUrlHost(host)?.region ?? listener.region, requestId,
        sourceIp: message.socket.remoteAddress ?? "", secureTransport: false, userAgent: request.headers["user-agent"] ?? "", viaService: false,
      }),
    }), clock.now());
  } catch (error) {
    if (!(error instanceof ServiceError)) log.error("a function URL failed", { requestId, cause: error instanceof Error ? error.stack : String(error) });
    send({ message, response }, error instanceof ServiceError ? plain(error.status, error.code, error.message) : plain(502, "ServiceException", "Internal Server Error"), clock.now());
  }
}

/** Answers the addresses that GetFunction gives for packages. A foreign page may not read them. */
async function answerDownload({ lambda, listener }: Ends, { message, response }: Ending): Promise<void> {
  const request = arrive(message);
  const now = listener.clock.now();
  try {
    listener.admit(request, message);
  } catch (error) {
    return send({ message, response }, plain(403, "AccessDenied", (error as Error).message), now);
  }
  const code = request.method === "GET" ? lambda.locations.open(request.path, request.query, now) : undefined;
  if (code === undefined) return send({ message, response }, plain(403, "AccessDenied", "Request has expired, or was never given."), now);
  response.writeHead(200, { "content-type": "application/zip" });
  await pipeline(code, response).catch(() => response.destroy());
}

/** The caller behind a signature for Lambda, undefined where there is none; refusals are AWS's own. */
function identify(listener: Listener, request: ArrivedRequest, { message, body }: { readonly message: IncomingMessage; readonly body: Uint8Array }): Principal | undefined {
  const caller = authenticate({ ...request, dialect: "rest-json", services: ["lambda"], body }, listener.credentials, listener.clock.now());
  if (caller.kind !== "signed") return undefined;
  listener.admitPrincipal(caller.credentials.principal, message);
  return caller.credentials.principal;
}

function arrive(message: IncomingMessage): ArrivedRequest {
  const url = message.url ?? "/";
  const mark = url.indexOf("?");
  const headers = { ...collectHeaders(message.rawHeaders), ...(message.headers.cookie === undefined ? {} : { cookie: message.headers.cookie }) };
  return { method: message.method ?? "GET", host: message.headers.host ?? "", headers, path: mark < 0 ? url : url.slice(0, mark), query: mark < 0 ? "" : url.slice(mark + 1) };
}

const plain = (status: number, code: string, text: string): FunctionUrlResponse =>
  ({ status, headers: [["content-type", "application/json"], ["x-amzn-errortype", code]], body: Buffer.from(JSON.stringify({ Message: text })) });

/** What is about the connection is the server's to say, not a function's. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "trailer", "te", "content-length", "proxy-connection"]);

function send({ message, response }: Ending, { status, headers, body }: FunctionUrlResponse, now: Instant): void {
  if (response.headersSent || response.destroyed) return;
  response.sendDate = false;
  const kept = headers.filter(([name]) => !HOP_BY_HOP.has(name));
  const bodiless = status === 204 || status === 304 || status < 200;
  try {
    response.writeHead(status, [...(headers.some(([name]) => name === "date") ? [] : ["date", httpDate(now)]), ...kept.flat(), ...(bodiless ? [] : ["content-length", String(body.length)]), ...(message.complete ? [] : ["connection", "close"])]);
  } catch {
    // A header that HTTP cannot say: AWS answers the same way to a response that it cannot use.
    response.writeHead(502, { "content-type": "application/json" });
    response.end("Internal Server Error");
    return;
  }
  response.end(message.method === "HEAD" || bodiless ? undefined : body);
}
