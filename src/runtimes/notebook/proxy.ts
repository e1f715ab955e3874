import { createServer, request as ask, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Instant, Milliseconds } from "../../base/instant.ts";
import type { Clock } from "../../shared/clock.ts";

/** The way into one notebook instance: a page on loopback that knows who may pass. */
export interface NotebookProxy {
  /** Host and port, as AWS's Url has them without a scheme. */
  readonly address: string;
  /** An address that opens the notebook once, for a session of this length. */
  presign(session: Milliseconds): string;
  close(): Promise<void>;
}

export interface ProxyParts {
  readonly clock: Clock;
  /** A new secret. */
  readonly secret: () => string;
  readonly target: { readonly address: string; readonly port: number; readonly token: string };
  /** Whether a request may come in, by what a browser tells of who makes it send it; a reason where it may not. */
  readonly refusal: (request: { readonly method: string; readonly headers: Readonly<Record<string, string>> }, link: boolean) => string | undefined;
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html: "valid only for 5 minutes". */
const LINK_LIFE: Milliseconds = 5 * 60 * 1000;
const COOKIE = "sagebrush-notebook";

interface Link {
  readonly until: Instant;
  readonly session: Milliseconds;
}

/** Opens the proxy on a free port of 127.0.0.1. Jupyter's token is added here and never told to anybody. */
export async function openNotebookProxy({ clock, secret, target, refusal }: ProxyParts): Promise<NotebookProxy> {
  const links = new Map<string, Link>();
  const sessions = new Map<string, Instant>();
  const sockets = new Set<Duplex>();
  let cookie = COOKIE;

  const sessionOf = (message: IncomingMessage): string | undefined => {
    const value = cookiesOf(message).find(([name]) => name === cookie)?.[1];
    return value !== undefined && (sessions.get(value) ?? 0) > clock.now() ? value : undefined;
  };

  /** The headers that Jupyter is sent: its own name, its token, and none of what was for us. */
  const forward = (message: IncomingMessage): OutgoingHttpHeaders => {
    const { origin: _origin, cookie: _cookie, authorization: _authorization, ...headers } = message.headers;
    const kept = cookiesOf(message).filter(([name]) => !name.startsWith(COOKIE)).map(([name, value]) => `${name}=${value}`).join("; ");
    return { ...headers, host: `${target.address}:${target.port}`, authorization: `token ${target.token}`, ...(kept === "" ? {} : { cookie: kept }) };
  };

  function enter(response: ServerResponse, url: URL): void {
    const token = url.searchParams.get("authToken") ?? "";
    const link = links.get(token);
    links.delete(token);
    if (link === undefined || link.until <= clock.now()) return say(response, 403, "This link has been used, or is older than five minutes. Ask for another with CreatePresignedNotebookInstanceUrl.");
    const session = secret();
    sessions.set(session, (clock.now() + link.session) as Instant);
    url.searchParams.delete("authToken");
    response.writeHead(302, {
      location: `${url.pathname}${url.search}`, "referrer-policy": "no-referrer", "cache-control": "no-store",
      "set-cookie": `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(link.session / 1000)}`,
    });
    response.end();
  }

  const server = createServer((message, response) => {
    const url = urlOf(message);
    const link = url.searchParams.has("authToken") && message.method === "GET";
    const refused = refusal(asOrigin(message), link);
    if (refused !== undefined) return say(response, 403, refused);
    if (link) return enter(response, url);
    if (sessionOf(message) === undefined) return say(response, 403, "No session, or one that has expired. Ask for a link with CreatePresignedNotebookInstanceUrl.");
    const onward = ask({ host: target.address, port: target.port, method: message.method, path: message.url, headers: forward(message) }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => (response.headersSent ? response.destroy() : say(response, 502, "Jupyter does not answer.")));
    response.on("close", () => onward.destroy());
    message.pipe(onward);
  });

  server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const session = refusal(asOrigin(message), false) === undefined ? sessionOf(message) : undefined;
    if (session === undefined) return void socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    const onward = ask({ host: target.address, port: target.port, method: "GET", path: message.url, headers: forward(message) });
    onward.on("error", () => socket.destroy());
    onward.on("response", (answer) => void socket.end(`HTTP/1.1 ${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`));
    onward.on("upgrade", (answer, other, rest) => {
      const lines = answer.rawHeaders.reduce<string[]>((all, text, index) => (index % 2 === 0 ? [...all, text] : [...all.slice(0, -1), `${all.at(-1) ?? ""}: ${text}`]), []);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
      if (rest.length > 0) socket.write(rest);
      if (head.length > 0) other.write(head);
      other.on("error", () => other.destroy());
      sockets.add(socket);
      // A page that stays open does not outlive its session.
      const timer = clock.after(Math.max(0, (sessions.get(session) ?? 0) - clock.now()), () => socket.destroy());
      socket.on("close", () => {
        timer.cancel();
        sockets.delete(socket);
        other.destroy();
      });
      other.on("close", () => socket.destroy());
      socket.pipe(other).pipe(socket);
    });
    onward.end();
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  // A browser keeps cookies by name and host, whatever the port: two notebooks need two names.
  cookie = `${COOKIE}-${port}`;
  return {
    address: `127.0.0.1:${port}`,
    presign: (session) => {
      const token = secret();
      for (const [old, { until }] of links) if (until <= clock.now()) links.delete(old);
      links.set(token, { until: (clock.now() + LINK_LIFE) as Instant, session });
      return `http://127.0.0.1:${port}/lab?authToken=${token}`;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const urlOf = (message: IncomingMessage): URL => new URL(`http://notebook${(message.url ?? "/").replace(/^\/+/, "/")}`);

const asOrigin = ({ method = "GET", headers }: IncomingMessage) =>
  ({ method, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])) });

const cookiesOf = ({ headers }: IncomingMessage): readonly (readonly [name: string, value: string])[] =>
  (headers.cookie ?? "").split(/;\s*/).filter((part) => part.includes("=")).map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]);

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(`${text}\n`);
}
