/**
 * The load generator: a process of its own, so that it takes the other core. Sends ready-made requests over raw sockets
 * with keep-alive, one at a time on each, and reads no more of an answer than it must. Bounded in count and in time.
 * Reads a `Plan` from standard input, writes a `Tally` to standard output.
 */
import { createConnection } from "node:net";
import { text } from "node:stream/consumers";

export interface Plan {
  readonly port: number;
  readonly connections: number;
  /** Requests that are not counted, to warm the server up. */
  readonly warmUp: number;
  readonly maxRequests: number;
  readonly maxSeconds: number;
  /** Base64 of whole requests; each connection goes round them. */
  readonly requests: readonly string[];
}

export interface Tally {
  readonly requests: number;
  readonly seconds: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The first answer that was no success, in words. */
  readonly refused: string | undefined;
}

const HEAD_END = Buffer.from("\r\n\r\n");

async function generate({ port, connections, warmUp, maxRequests, maxSeconds, requests }: Plan): Promise<Tally> {
  const messages = requests.map((each) => Buffer.from(each, "base64"));
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  let refused: string | undefined;
  let sent = 0;
  let answered = 0;
  let began = performance.now();
  const deadline = began + maxSeconds * 1000;
  const mayGoOn = (): boolean => sent < warmUp + maxRequests && performance.now() < deadline;

  const connect = (number: number): Promise<void> => new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
    let at = number;
    let sentAt = 0;
    let pieces: Buffer[] = [];
    let held = 0;
    let needed = -1;
    let status = "";
    const next = (): void => {
      if (!mayGoOn()) {
        socket.end();
        resolve();
        return;
      }
      sent += 1;
      sentAt = performance.now();
      socket.write(messages[at++ % messages.length] ?? "");
    };
    const finish = (): void => {
      answered += 1;
      if (answered === warmUp) began = performance.now();
      if (answered > warmUp) {
        statuses[status] = (statuses[status] ?? 0) + 1;
        latencies.push(performance.now() - sentAt);
      }
      if (!status.startsWith("2")) refused ??= Buffer.concat(pieces).toString("latin1").slice(0, 800);
      pieces = [];
      held = 0;
      needed = -1;
      next();
    };
    socket.on("data", (piece) => {
      pieces.push(piece);
      held += piece.length;
      if (needed < 0) {
        const head = pieces.length === 1 ? piece : Buffer.concat(pieces);
        const end = head.indexOf(HEAD_END);
        if (end < 0) return;
        const lines = head.toString("latin1", 0, end);
        status = lines.slice(9, 12);
        needed = end + 4 + Number(/\ncontent-length: *(\d+)/i.exec(lines)?.[1] ?? 0);
      }
      if (held >= needed) finish();
    });
    socket.on("connect", next);
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
  await Promise.all(Array.from({ length: connections }, (_, number) => connect(number)));
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { requests: latencies.length, seconds: (performance.now() - began) / 1000, statuses, p50Ms: at(0.5), p99Ms: at(0.99), refused };
}

if (import.meta.main) process.stdout.write(JSON.stringify(await generate(JSON.parse(await text(process.stdin)) as Plan)));
