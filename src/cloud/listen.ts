import type { IncomingMessage, RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "../shared/http.ts";
import type { Log } from "../shared/log.ts";

/** An HTTP server that is listening. */
export interface Listening {
  readonly port: number;
  readonly address: string;
  /** Takes no more connections and ends those that are open: to be called when services have stopped. */
  close(): Promise<void>;
}

/** Largest request head in bytes: presigned addresses and session tokens are long. */
const MAX_HEADER_BYTES = 64 * 1024;

/** Longer than clients keep idle connections, so that none is closed under a request that is on its way. */
const KEEP_ALIVE_MS = 75_000;

/** More are closed as they come: programs on machines could otherwise take the file descriptors that the server works with. */
const MAX_CONNECTIONS = 4000;

export type Handle = (message: IncomingMessage, response: Parameters<RequestListener>[1]) => Promise<void>;

/** Lets requests wait until everything is there that they may meet: what a crash left is put in order first. */
export function holdUntil(ready: Promise<void>, handle: Handle): Handle {
  let open = false;
  void ready.then(() => {
    open = true;
  });
  return async (message, response) => {
    if (!open) await ready;
    await handle(message, response);
  };
}

/** Listens on a port (0 for any). Rejects with a sentence that names the port when it is taken. */
export async function listen(handle: Handle, { host, port, log }: { readonly host: string; readonly port: number; readonly log: Log }): Promise<Listening> {
  const listener: RequestListener = (message, response) => {
    // The pipeline answers every error; what escapes it is a connection that broke while it was written to.
    handle(message, response).catch((error: unknown) => {
      log.warn("a connection broke off", { cause: (error as Error).message });
      response.destroy();
    });
  };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, noDelay: true, keepAlive: true, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 }, listener);
  server.maxConnections = MAX_CONNECTIONS;
  // The pipeline itself says `100 Continue`, once it knows that it wants the body.
  server.on("checkContinue", listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error(`port ${port} on ${host} is in use: stop what listens there, or give another with --port`) : error));
    server.listen({ host, port }, () => resolve());
  });
  const { port: bound, address } = server.address() as AddressInfo;
  return { port: bound, address, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    // What is still busy when services have stopped has nobody left to answer it.
    server.closeAllConnections();
  });
}
