import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "../../shared/http.ts";
import type { Log } from "../../shared/log.ts";
import type { FetchOptions } from "./fetch-picture.ts";
import { answerInvocation, type InvocationAnswer } from "./invocation.ts";
import type { ServedModel } from "./served-model.ts";

/** InvokeEndpoint passes at most 6 MB; a little more than its limit, so that it is the one to refuse. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The whole body, or undefined when it is too large; it is read to its end either way, since a caller that still writes would miss the answer. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

const plain = (status: number, body: string): InvocationAnswer => ({ status, contentType: "text/plain; charset=utf-8", body });

/** What SageMaker asks of a model server: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
async function answer(request: IncomingMessage, model: ServedModel, options: FetchOptions): Promise<InvocationAnswer> {
  const path = (request.url ?? "").split("?")[0];
  if (path === "/ping") return request.method === "GET" ? plain(200, "") : plain(405, "Use GET.");
  if (path !== "/invocations") return plain(404, "There are /ping and /invocations.");
  if (request.method !== "POST") return plain(405, "Use POST.");
  const body = await readBody(request);
  if (body === undefined) return plain(413, `The body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB.`);
  return answerInvocation({ contentType: request.headers["content-type"], accept: request.headers.accept, body }, model, options);
}

function send(response: ServerResponse, { status, contentType, body }: InvocationAnswer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { "content-type": contentType, "content-length": bytes.length });
  response.end(bytes);
}

/** The HTTP server of one model; not yet listening. */
export function createModelServer(model: ServedModel, options: FetchOptions, log: Log): Server {
  return createServer((request, response) => {
    answer(request, model, options)
      .catch((error: unknown) => {
        log.error("An invocation failed", { reason: error instanceof Error ? error.stack : String(error) });
        return plain(500, `The model failed: ${error instanceof Error ? error.message : String(error)}`);
      })
      .then((given) => {
        if (!response.destroyed) send(response, given);
      })
      .catch((error: unknown) => log.error("An answer could not be sent", { reason: String(error) }));
  });
}
