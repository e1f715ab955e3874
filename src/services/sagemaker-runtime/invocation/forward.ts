import type { Clock } from "../../../shared/clock.ts";
import { Agent, request } from "../../../shared/http.ts";
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

export interface ForwardedRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

/** Posts to an instance's `/invocations` over connections that are kept. */
export type Forward = ((instance: RoutableInstance, forwarded: ForwardedRequest) => Promise<ContainerAnswer>) & { close(): void };

export function createForward(clock: Clock): Forward {
  const agent = new Agent({ keepAlive: true });
  const forward = (instance: RoutableInstance, { headers, body, signal }: ForwardedRequest): Promise<ContainerAnswer> =>
    new Promise((resolve, reject) => {
      const limit = new AbortController();
      const timer = clock.after(ANSWER_LIMIT, () => limit.abort(new AnswerTimeout()));
      const finish = (settle: () => void): void => {
        timer.cancel();
        settle();
      };
      const outgoing = request({
        agent, host: instance.address, port: instance.port, method: "POST", path: "/invocations",
        headers: { ...headers, "content-length": String(body.length) }, signal: AbortSignal.any([signal, limit.signal]),
      }, (incoming) => {
        const pieces: Buffer[] = [];
        let size = 0;
        incoming.on("data", (piece: Buffer) => {
          size += piece.length;
          if (size > MAX_BODY_BYTES) incoming.destroy(new AnswerTooLarge());
          else pieces.push(piece);
        });
        incoming.on("error", (error) => finish(() => reject(limit.signal.aborted ? (limit.signal.reason as Error) : error)));
        incoming.on("end", () => finish(() => resolve({ status: incoming.statusCode ?? 500, headers: incoming.headers, body: Buffer.concat(pieces) })));
      });
      outgoing.on("error", (error) => finish(() => reject(limit.signal.aborted ? (limit.signal.reason as Error) : error)));
      outgoing.end(body);
    });
  return Object.assign(forward, { close: () => agent.destroy() });
}
