import { Agent, request, type ClientRequest, type IncomingMessage } from "node:http";
import type { Clock } from "../../../shared/clock.ts";
import type { RoutableInstance } from "../context.ts";
import { ANSWER_LIMIT, MAX_BODY_BYTES } from "../limits.ts";

/** What a container answered. */
export interface ContainerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** The container did not answer in time. */
export class AnswerTimeout extends Error {
  override readonly name = "AnswerTimeout";
}

/** The container answered with more than an answer may hold. */
export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
}

/** The container did not take the request at all: it never saw it, and another one may have it. */
export class NotTaken extends Error {
  override readonly name = "NotTaken";
}

export interface ForwardedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/** Posts to an instance's `/invocations` over connections that are kept. */
export type Forward = ((instance: RoutableInstance, forwarded: ForwardedRequest) => Promise<ContainerAnswer>) & { close(): void };

export function createForward(clock: Clock): Forward {
  const agent = new Agent({ keepAlive: true });
  const forward = async (instance: RoutableInstance, forwarded: ForwardedRequest): Promise<ContainerAnswer> => {
    const limit = new AbortController();
    const timer = clock.after(ANSWER_LIMIT, () => limit.abort(new AnswerTimeout()));
    const signal = AbortSignal.any([forwarded.signal, limit.signal]);
    try {
      return await post(instance, { ...forwarded, signal }, agent).catch((error: unknown) => {
        // A kept connection that the container closed in the meantime: nothing reached it, so it is asked once more.
        if (error instanceof StaleConnection && !signal.aborted) return post(instance, { ...forwarded, signal }, false);
        throw error;
      });
    } catch (error) {
      throw limit.signal.aborted ? limit.signal.reason : error;
    } finally {
      timer.cancel();
    }
  };
  return Object.assign(forward, { close: () => agent.destroy() });
}

class StaleConnection extends Error {
  override readonly name = "StaleConnection";
}

function post(instance: RoutableInstance, { headers, body, signal }: ForwardedRequest, agent: Agent | false): Promise<ContainerAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent, host: instance.address, port: instance.port, method: "POST", path: "/invocations",
      headers: { ...headers, "content-length": String(body.length) }, signal,
    }, (incoming) => void readAnswer(incoming).then(resolve, reject));
    outgoing.on("error", (error) => reject(faultOf(error, outgoing)));
    outgoing.end(body);
  });
}

/** By events, not by iteration: that costs a promise for every piece. */
function readAnswer(incoming: IncomingMessage): Promise<ContainerAnswer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    incoming.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size > MAX_BODY_BYTES) incoming.destroy(new AnswerTooLarge());
      else pieces.push(piece);
    });
    incoming.on("error", reject);
    incoming.on("end", () => resolve({ status: incoming.statusCode ?? 500, headers: incoming.headers, body: Buffer.concat(pieces) }));
  });
}

function faultOf(error: NodeJS.ErrnoException, outgoing: ClientRequest): Error {
  if (error.code === "ECONNREFUSED") return new NotTaken(error.message, { cause: error });
  if (outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE")) return new StaleConnection(error.message, { cause: error });
  return error;
}
