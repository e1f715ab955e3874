import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import type { AddressInfo } from "node:net";

/** A request exactly as it came over the wire. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** A listener that keeps what clients send it and answers 400 to everything. */
export async function listen(): Promise<AsyncDisposable & { readonly endpoint: string; next(): Promise<Seen> }> {
  const waiting: ((seen: Seen) => void)[] = [];
  const kept: Seen[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const seen = { method: request.method ?? "", url: request.url ?? "", rawHeaders: request.rawHeaders, body };
      const taker = waiting.shift();
      if (taker) taker(seen);
      else kept.push(seen);
      response.writeHead(400, { connection: "close" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    next: () => new Promise((resolve) => {
      const seen = kept.shift();
      if (seen) resolve(seen);
      else waiting.push(resolve);
    }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
