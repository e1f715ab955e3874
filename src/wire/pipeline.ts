import type { IncomingMessage, ServerResponse } from "node:http";
import { uuid } from "../shared/ids.ts";

import { apparentService, claimedScope, findDestination, readAction, routeRest, virtualBucket, type Destination } from "./dispatch.ts";
import { asServiceError } from "./errors.ts";
import { invoke, requireOperation, type Surroundings } from "./invoke.ts";
import type { WireRequest } from "./message.ts";
import { openBody, readBody } from "./request-body.ts";
import { anonymousPrincipal, type CredentialSource, type Principal } from "./principal.ts";
import type { LoadedService } from "./registry.ts";
import { respond } from "./respond.ts";
import { SERVICE_IDENTITIES, type ProtocolName } from "./service-table.ts";
import type { ServiceId } from "./service.ts";
import { authenticate, collectHeaders, refusals, type Authenticated, type Dialect } from "./signature/index.ts";

/** One port's view of the cloud: who may come in, and as whom. */
export interface Listener extends Surroundings {
  readonly credentials: CredentialSource;
  readonly account: string;
  readonly region: string;
  /** Throws when the request must not come in here: a foreign page, a machine at the people's port. */
  readonly admit: (request: ArrivedRequest, message: IncomingMessage) => void;
  /** Throws when these credentials may not be used on this port. */
  readonly admitPrincipal: (principal: Principal, message: IncomingMessage) => void;
}

/** Enough for any query service when the form has not yet named one. */
const UNKNOWN_SERVICE_BODY_BYTES = 1024 * 1024;

/** A request that has arrived, and where its answer goes. */
export interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly arrived: ArrivedRequest;
}

/** The facts of a request's first lines. */
export interface ArrivedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A request's life: admit → dispatch → authenticate → deserialize → (validate → authorize → handle, in `invoke`) →
 * serialize. Errors of every stage are written in one place, in the form of the protocol that was spoken.
 */
export async function handleRequest(listener: Listener, { message, response, arrived }: Exchange): Promise<void> {
  const requestId = uuid(listener.random);
  let service: LoadedService | undefined;
  try {
    listener.admit(arrived, message);
    const destination = findDestination(arrived);
    const identity = destination.service && SERVICE_IDENTITIES[destination.service];
    const whole = destination.service === "s3" ? undefined : await readBody({ message, response, headers: arrived.headers }, identity?.maxBodyBytes ?? UNKNOWN_SERVICE_BODY_BYTES);
    const serviceId = destination.service ?? readAction(whole ?? new Uint8Array(), arrived.query, undefined).service;
    service = await listener.registry.load(serviceId);
    const caller = authenticate(signatureRequest(arrived, serviceId, whole), listener.credentials, listener.clock.now());
    const { operation, labels, path } = findOperation(destination, service, arrived, whole);
    const principal = identify(caller, { service, operation, account: listener.account });
    listener.admitPrincipal(principal, message);
    const model = requireOperation(service, operation) && service.model.operations.get(operation);
    if (!model) throw new Error(`${operation} has a handler but no schema`);
    const body = await openBody({ message, response, whole, model, caller, headers: arrived.headers, maxBytes: service.identity.maxBodyBytes });
    const input = await service.codec.decode(model, { ...arrived, path, headers: body.headers, body: body.content } satisfies WireRequest, labels);
    const output = await invoke(listener, {
      service, operationName: operation, requestId, principal,
      account: principal.kind === "anonymous" ? listener.account : principal.account,
      region: (caller.kind === "signed" ? caller.scope.region : "") || claimedScope(arrived.headers, arrived.query)?.region || listener.region,
      http: { ...arrived, sourceIp: message.socket.remoteAddress ?? "" },
      signal: () => abortSignal(message, response),
      beforeHandling: body.ask,
    }, input);
    await respond(response, await service.codec.encode(model, output, requestId), listener.clock.now());
  } catch (error) {
    await respondWithError({ listener, service, requestId, arrived, message, response }, error);
  }
}

const DIALECTS: Readonly<Record<ProtocolName, Dialect>> = { awsJson1_1: "json", awsQuery: "query", restJson1: "rest-json", restXml: "s3" };

/** Reads a request's first lines. */
export function arrive(message: IncomingMessage): ArrivedRequest {
  const url = message.url ?? "/";
  const mark = url.indexOf("?");
  const headers = collectHeaders(message.rawHeaders);
  return {
    method: message.method ?? "GET", host: headers["host"] ?? "", headers,
    path: mark < 0 ? url : url.slice(0, mark), query: mark < 0 ? "" : url.slice(mark + 1),
  };
}

function signatureRequest(arrived: ArrivedRequest, service: ServiceId, body: Uint8Array | undefined): Parameters<typeof authenticate>[0] {
  const { protocol, signingName } = SERVICE_IDENTITIES[service];
  const { method, path, query, headers, host } = arrived;
  const facts = { method, path, query, headers, dialect: DIALECTS[protocol], services: [signingName] };
  return body ? { ...facts, body } : { ...facts, bucket: virtualBucket(host) };
}

/** S3 knows anonymous callers, and so do the few operations that AWS takes unsigned; any other must be signed. */
function identify(caller: Authenticated, { service, operation, account }: { readonly service: LoadedService; readonly operation: string; readonly account: string }): Principal {
  if (caller.kind === "signed") return caller.credentials.principal;
  if (service.id !== "s3" && !service.constraints.unsigned.has(operation)) throw refusals[DIALECTS[service.identity.protocol]].missing();
  return anonymousPrincipal(account);
}

function findOperation(destination: Destination, service: LoadedService, arrived: ArrivedRequest, body: Buffer | undefined): { operation: string; labels: Readonly<Record<string, string>>; path: string } {
  switch (destination.kind) {
    case "json": return { operation: destination.operation, labels: {}, path: arrived.path };
    case "query": return { operation: readAction(body ?? new Uint8Array(), arrived.query, service.id).operation, labels: {}, path: arrived.path };
    case "rest": return { ...routeRest(service, arrived, destination.path), path: destination.path };
  }
}

/** Nobody is left to be answered: no failure of ours. */
class ClientGone extends Error {
  override readonly name = "ClientGone";
}

function abortSignal(message: IncomingMessage, response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const gone = (): void => {
    if (!response.writableFinished) controller.abort(new ClientGone("the client went away"));
  };
  // Asked for late, it may have to tell of what has happened already.
  if (response.destroyed || message.errored) gone();
  response.once("close", gone);
  message.once("error", (error) => controller.abort(error));
  return controller.signal;
}

interface Failure {
  readonly listener: Listener;
  readonly service: LoadedService | undefined;
  readonly requestId: string;
  readonly arrived: ArrivedRequest;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

async function respondWithError({ listener, service, requestId, arrived, message, response }: Failure, error: unknown): Promise<void> {
  const visible = asServiceError(error, requestId);
  if (visible !== error && !(error instanceof ClientGone)) listener.log.error("request failed", { requestId, method: arrived.method, path: arrived.path, target: arrived.headers["x-amz-target"], cause: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { codec } = service ?? await listener.registry.load(apparentService(arrived));
  const encoded = codec.encodeError(visible, requestId);
  const wire = { ...encoded, headers: { ...encoded.headers, ...visible.headers } };
  // A body that nobody read would be taken for the next request.
  const unread = !message.complete;
  const bare = arrived.method === "HEAD" || visible.status === 304 ? { ...wire, body: undefined } : wire;
  await respond(response, unread ? { ...bare, headers: { ...bare.headers, connection: "close" } } : bare, listener.clock.now());
}
