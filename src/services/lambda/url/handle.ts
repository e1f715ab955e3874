import { ServiceError } from "../../../base/errors.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import type { Random } from "../../../shared/random.ts";
import type { AccessRequest } from "../../../wire/access.ts";
import type { Principal } from "../../../wire/principal.ts";
import type { LambdaState } from "../context.ts";
import { policyDocument } from "../permission/policy.ts";
import { MAX_PAYLOAD_BYTES } from "../limits.ts";
import { traceIdOf } from "../invoke/trace.ts";
import { corsHeaders, preflightHeaders } from "./cors.ts";
import { parseUrlHost, type UrlRecord } from "./function-url.ts";
import { failedResponse, urlEvent, urlResponse, type FunctionUrlRequest, type FunctionUrlResponse } from "./payload.ts";

/** Bytes of a request that are read at all; a little more than the limit, so that it is refused in AWS's words. */
export const MAX_URL_BODY_BYTES = MAX_PAYLOAD_BYTES.RequestResponse + 1024 * 1024;

/** What the HTTP layer lends: the clock and chance of the server, and IAM. */
export interface FunctionUrlPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Throws unless every question is answered with yes. */
  readonly authorize: (principal: Principal, requests: readonly AccessRequest[]) => void;
}

const json = (status: number, value: object, headers: FunctionUrlResponse["headers"] = []): FunctionUrlResponse =>
  ({ status, headers: [["content-type", "application/json"], ...headers], body: Buffer.from(JSON.stringify(value)) });

/** AWS's own sentence, https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
const forbidden = (): FunctionUrlResponse =>
  json(403, { Message: "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html" }, [["x-amzn-errortype", "AccessDeniedException"]]);

/** Whether a page of another origin may call: the URL's own CORS settings decide, before anything else is looked at. */
export const urlAllowsOrigin = (state: Pick<LambdaState, "urls">, host: string, origin: string): boolean => {
  const url = state.urls.get(parseUrlHost(host)?.id ?? "");
  return corsHeaders(url?.cors, origin).length > 0;
};

/**
 * Answers a request to a function's URL. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 * An unknown host is 404, a refusal of IAM 403, a throttled call 429, a function that fails 502.
 */
export async function handleFunctionUrl(state: LambdaState, request: FunctionUrlRequest, ports: FunctionUrlPorts): Promise<FunctionUrlResponse> {
  const place = parseUrlHost(request.headers["host"] ?? "");
  const url = place && state.urls.get(place.id);
  const fn = url && state.functions.get(url.functionKey);
  if (url === undefined || fn?.urlId !== url.id || url.region !== place?.region) return json(404, { Message: null });
  const preflight = preflightHeaders(url.cors, request.method, request.headers);
  if (preflight !== undefined) return { status: 200, headers: preflight, body: Buffer.alloc(0) };
  const anonymous: Principal = { kind: "anonymous", account: request.account, arn: "anonymous" };
  const principal = url.authType === "NONE" ? anonymous : request.identify();
  if (principal === undefined || !mayInvoke({ url, principal, resourcePolicy: policyDocument(fn.policy) }, ports)) return forbidden();
  if (request.body.length > MAX_PAYLOAD_BYTES.RequestResponse) return json(413, { Message: "Request Entity Too Large" });
  const cors = corsHeaders(url.cors, request.headers["origin"]);
  try {
    const result = await state.runner.run(fn, {
      requestId: request.requestId, invokedArn: fn.arn,
      traceId: traceIdOf(request.headers["x-amzn-trace-id"], ports.random, ports.clock.now()),
      payload: urlEvent(request, { url, principal, now: ports.clock.now() }),
    });
    const response = result.functionError === undefined ? urlResponse(result.payload) : failedResponse;
    return { ...response, headers: [...withoutCors(response, cors), ...cors, ["x-amzn-requestid", request.requestId]] };
  } catch (error) {
    if (error instanceof ServiceError) return json(error.status === 429 ? 429 : 502, { Message: error.message, Type: "User" }, [["x-amzn-errortype", error.code], ...cors]);
    ports.log.error("a function URL failed", { url: url.id, cause: error instanceof Error ? error.stack : String(error) });
    return failedResponse;
  }
}

/** Configured CORS headers replace those of the function, as AWS says. */
const withoutCors = ({ headers }: FunctionUrlResponse, cors: FunctionUrlResponse["headers"]): FunctionUrlResponse["headers"] =>
  cors.length === 0 ? headers : headers.filter(([name]) => !name.startsWith("access-control-"));

/**
 * Two permissions since October 2025: InvokeFunctionUrl, and InvokeFunction with `lambda:InvokedViaFunctionUrl`. With
 * AuthType NONE nobody is authenticated, and the function's own policy must allow everybody.
 */
function mayInvoke({ url, principal, resourcePolicy }: { readonly url: UrlRecord; readonly principal: Principal; readonly resourcePolicy: string | undefined }, { authorize }: FunctionUrlPorts): boolean {
  const resourceAccount = url.functionArn.split(":")[4] ?? "";
  try {
    authorize(principal, [
      { action: "lambda:InvokeFunctionUrl", resource: url.functionArn, resourceAccount, resourcePolicy, conditions: { "lambda:FunctionUrlAuthType": url.authType } },
      { action: "lambda:InvokeFunction", resource: url.functionArn, resourceAccount, resourcePolicy, conditions: { "lambda:InvokedViaFunctionUrl": "true", "lambda:FunctionUrlAuthType": url.authType } },
    ]);
    return true;
  } catch (error) {
    if (error instanceof ServiceError) return false;
    throw error;
  }
}
