import { once } from "node:events";
import { connect } from "node:net";
import type { RawRequest } from "./sign.ts";

/** Only a request that is never answered takes so long, even on a machine that does much else. */
const ANSWER_MS = 60_000;

/**
 * Sends a request byte for byte, over a connection of its own, since HTTP libraries would mend or refuse it. The answer's
 * status, or what happened instead.
 */
export async function exchange(endpoint: string, request: RawRequest): Promise<number | "closed" | "silent"> {
  const { hostname, port } = new URL(endpoint);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    const headers = { ...request.headers, "content-length": String(request.body.length) };
    const head = [
      `${request.method} ${request.path}${request.query === "" ? "" : `?${request.query}`} HTTP/1.1`,
      ...Object.entries({ connection: "close", ...headers }).map(([name, value]) => `${name}: ${value}`),
    ].join("\r\n");
    socket.write(`${head}\r\n\r\n`, "latin1");
    socket.write(request.body);
    return await new Promise((resolve) => {
      let text = "";
      const late = AbortSignal.timeout(ANSWER_MS);
      late.addEventListener("abort", () => resolve("silent"));
      const settle = (): void => resolve(/^HTTP\/1\.1 (?!100)(\d{3})/m.test(text) ? Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(text)?.[1]) : "closed");
      socket.on("data", (piece: Buffer) => {
        text = (text + piece.toString("latin1")).slice(0, 4000);
        if (/^HTTP\/1\.1 (?!100)\d{3}/m.test(text)) settle();
      });
      socket.on("close", settle).on("error", settle);
    });
  } finally {
    socket.destroy();
  }
}
