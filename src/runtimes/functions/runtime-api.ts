import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SECOND, type Milliseconds } from "../../base/instant.ts";
import { createServer } from "../../shared/http.ts";
import { hexId } from "../../shared/ids.ts";
import type { Random } from "../../shared/random.ts";
import { MAX_RESPONSE_BYTES } from "./failure.ts";
import type { Delivery } from "./invocation.ts";

/** What happens when the program of one environment calls. Each returns false when it may not do that now. */
export interface RuntimeClient {
  /** Waits for an invocation; undefined when none will come. */
  next(): Promise<Delivery | undefined> | false;
  respond(requestId: string, body: Buffer): boolean;
  respondTooLarge(requestId: string): boolean;
  fail(requestId: string, document: Buffer): boolean;
  failInit(document: Buffer): boolean;
}

export interface RuntimeApi {
  /** `host:port`, the value of AWS_LAMBDA_RUNTIME_API. */
  readonly authority: string;
  /** Admits an environment. Its program shows the token; `release` ends that. */
  admit(client: RuntimeClient): { readonly token: string; release(): void };
  close(): Promise<void>;
}

/** How long a connection may say nothing: a program could take all the server's file descriptors with such. */
const SILENCE_LIMIT: Milliseconds = 10 * SECOND;
/** One for each environment that an account may have at once, and as many again for those that come and go. */
const MAX_CONNECTIONS = 2000;

/** Node gives header names in lower case. */
const TOKEN_HEADER = "sagebrush-runtime-token";
const PATH = /^\/2018-06-01\/runtime\/(?:(invocation\/next)|invocation\/([^/]+)\/(response|error)|(init\/error))$/;

/**
 * AWS's Runtime API, version 2018-06-01, for every environment of this server. One listener: an environment is known by
 * its token, so that no function can speak for another (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
 */
export async function startRuntimeApi({ random }: { readonly random: Random }): Promise<RuntimeApi> {
  const clients = new Map<string, RuntimeClient>();
  const server = createServer({ connectionsCheckingInterval: SILENCE_LIMIT / 2 }, (request, response) => {
    const client = clients.get(String(request.headers[TOKEN_HEADER]));
    if (client === undefined) return refuse(response, 403, "InvalidToken", "This is not the Runtime API of your execution environment");
    answer(client, request, response).catch(() => response.destroy());
  });
  // A waiting environment is silent for as long as nobody invokes it; but it has asked.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = SILENCE_LIMIT;
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    authority: `${address}:${port}`,
    admit(client) {
      const token = hexId(random, 32);
      clients.set(token, client);
      return { token, release: () => void clients.delete(token) };
    },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function answer(client: RuntimeClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, next, requestId = "", verb, init] = PATH.exec(request.url ?? "") ?? [];
  if (next !== undefined && request.method === "GET") return answerNext(client, response);
  if (request.method !== "POST" || (verb === undefined && init === undefined)) return refuse(response, 404, "NotFound", "404 page not found");
  const body = await readBody(request);
  if (body === "too-large") {
    client.respondTooLarge(requestId);
    return refuse(response, 413, "RequestEntityTooLarge", `Exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`);
  }
  const accepted = init !== undefined ? client.failInit(body)
    : verb === "response" ? client.respond(requestId, body)
    : client.fail(requestId, body);
  if (!accepted) return refuse(response, 400, "InvalidRequestID", "Invalid request ID");
  send(response, 202, [], Buffer.from('{"status":"OK"}'));
}

async function answerNext(client: RuntimeClient, response: ServerResponse): Promise<void> {
  const waiting = client.next();
  if (waiting === false) return refuse(response, 403, "InvalidStateTransition", "The runtime may not ask for an invocation now");
  const delivery = await waiting;
  if (delivery === undefined) {
    response.destroy();
    return;
  }
  send(response, 200, [
    "Lambda-Runtime-Aws-Request-Id", delivery.requestId,
    "Lambda-Runtime-Deadline-Ms", String(delivery.deadline),
    "Lambda-Runtime-Invoked-Function-Arn", delivery.invokedArn,
    "Lambda-Runtime-Trace-Id", delivery.traceId,
    ...(delivery.clientContext === undefined ? [] : ["Lambda-Runtime-Client-Context", delivery.clientContext]),
  ], delivery.payload);
}

function send(response: ServerResponse, status: number, headers: readonly string[], body: Uint8Array): void {
  response.sendDate = false;
  response.writeHead(status, ["Content-Type", "application/json", "Content-Length", String(body.length), ...headers]);
  response.end(body);
}

const refuse = (response: ServerResponse, status: number, errorType: string, errorMessage: string): void =>
  send(response, status, [], Buffer.from(JSON.stringify({ errorMessage, errorType })));

/** The whole body, or `too-large` once it passes AWS's limit; the rest is read and dropped, so that the caller gets its answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | "too-large"> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_RESPONSE_BYTES) chunks.push(chunk);
  }
  return size > MAX_RESPONSE_BYTES ? "too-large" : Buffer.concat(chunks);
}
