import { once } from "node:events";
import { createServer, connect, type Server, type Socket } from "node:net";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { SECOND, type Milliseconds } from "../../base/instant.ts";
import type { Clock } from "../../shared/clock.ts";
import { ENVIRONMENT } from "./contract.ts";
import type { BatchFeatures } from "./feature-batch.ts";
import type { Layout } from "./layout.ts";

/** The hosts of a job, of which each computes its part of the features; the first one gathers them. */
export interface Peers {
  /** Which host this is, counted from 0, and of how many. */
  readonly host: number;
  readonly hosts: number;
  /** Gives all batches of a channel on the first host; the others send theirs and get nothing. Several hosts' batches stand where their numbers say. */
  gather(channel: string, own: readonly (BatchFeatures | undefined)[]): Promise<readonly BatchFeatures[] | undefined>;
  close(): Promise<void>;
}

export interface PeersOptions {
  readonly layout: Layout;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Whether a batch is this host's: every N-th is, so that all have as much to do. */
export const isOwn = (peers: Pick<Peers, "host" | "hosts"> | undefined, index: number): boolean => peers === undefined || index % peers.hosts === peers.host;

const CALL_AGAIN: Milliseconds = 0.1 * SECOND;
/** All programs of a job are started together; a first host that does not listen by then has failed, and the job with it. */
const PATIENCE: Milliseconds = 120 * SECOND;

interface Hosts {
  readonly current_host: string;
  readonly hosts: readonly string[];
}

/** The hosts of the job, this one among them; none where the program runs by itself. */
export const readHosts = async ({ resourceConfig }: Layout): Promise<Hosts> => JSON.parse(await readFile(resourceConfig, "utf8").catch(() => '{"hosts":[]}')) as Hosts;

/** Undefined on a single host. */
export async function openPeers({ layout, environment, clock, signal }: PeersOptions): Promise<Peers | undefined> {
  const config = await readHosts(layout);
  if (config.hosts.length < 2) return undefined;
  const addresses = JSON.parse(environment[ENVIRONMENT.hostAddresses] ?? "{}") as Readonly<Record<string, string>>;
  const place = { host: addresses[config.hosts[0] ?? ""] ?? config.hosts[0] ?? "", port: Number(environment[ENVIRONMENT.meetingPort]) };
  const where = { host: config.hosts.indexOf(config.current_host), hosts: config.hosts.length };
  return where.host === 0 ? { ...where, ...await gatherer(place, signal) } : { ...where, ...await sender(place, { clock, signal }) };
}

interface Place {
  readonly host: string;
  readonly port: number;
}

type Conversation = Pick<Peers, "gather" | "close">;

async function gatherer(place: Place, signal: AbortSignal): Promise<Conversation> {
  const received = new Map<string, (BatchFeatures | undefined)[]>();
  const batchesOf = (channel: string): (BatchFeatures | undefined)[] => {
    const batches = received.get(channel) ?? [];
    received.set(channel, batches);
    return batches;
  };
  let heard: () => void = () => undefined;
  signal.addEventListener("abort", () => heard(), { once: true });
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    readBatches(socket.unref(), ({ channel, index, ...batch }) => {
      batchesOf(channel)[index] = batch;
      heard();
    });
  });
  server.listen(place.port, place.host);
  await once(server, "listening");
  // Only while it is waited for does it keep the program alive: one that fails meanwhile must end.
  server.unref();
  return {
    gather: async (channel, own) => {
      const batches = batchesOf(channel);
      for (const [index, batch] of own.entries()) if (batch !== undefined) batches[index] = batch;
      const complete = (): boolean => [...own.keys()].every((index) => batches[index] !== undefined);
      server.ref();
      while (!complete()) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => (heard = resolve));
      }
      server.unref();
      return batches.filter((batch) => batch !== undefined);
    },
    close: async () => {
      // A server that no longer listens keeps nothing alive: the others' ends are waited for.
      for (const socket of sockets) socket.ref();
      await new Promise((resolve) => server.ref().close(resolve));
    },
  };
}

async function sender(place: Place, { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<Conversation> {
  const socket = (await call(place, { clock, signal })).unref();
  return {
    gather: async (channel, own) => {
      socket.ref();
      for (const [index, batch] of own.entries()) if (batch !== undefined) await write(socket, encodeBatch({ channel, index, ...batch }));
      socket.unref();
      return undefined;
    },
    close: async () => {
      socket.ref();
      const closed = once(socket, "close");
      socket.end();
      await closed;
    },
  };
}

async function call(place: Place, { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal }): Promise<Socket> {
  const deadline = clock.monotonic() + PATIENCE;
  for (;;) {
    signal.throwIfAborted();
    const socket = connect(place);
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      socket.destroy();
      if (clock.monotonic() > deadline) throw error;
    }
    await clock.sleep(CALL_AGAIN);
  }
}

const write = (socket: Socket, bytes: Uint8Array): Promise<void> => new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));

/** A batch with its place. */
export interface SentBatch extends BatchFeatures {
  readonly channel: string;
  readonly index: number;
}

/** Two lengths (of four bytes each), the description as JSON, the numbers as they lie in memory: the hosts of a job are of one kind. */
export function encodeBatch({ values, ...description }: SentBatch): Uint8Array {
  const text = Buffer.from(JSON.stringify(description));
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(text.length, 0);
  lengths.writeUInt32LE(values.byteLength, 4);
  return Buffer.concat([lengths, text, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]);
}

/** Calls back for each batch that has come whole. */
export function readBatches(socket: Readable, onBatch: (batch: SentBatch) => void): void {
  let waiting: Buffer[] = [];
  let length = 0;
  socket.on("data", (chunk: Buffer) => {
    waiting.push(chunk);
    length += chunk.length;
    while (length >= 8) {
      const [first = Buffer.alloc(0)] = waiting;
      if (first.length < 8) waiting = [Buffer.concat(waiting)];
      const head = waiting[0] ?? first;
      const [textLength, valuesLength] = [head.readUInt32LE(0), head.readUInt32LE(4)];
      const whole = 8 + textLength + valuesLength;
      if (length < whole) return;
      const all = Buffer.concat(waiting);
      const description = JSON.parse(all.subarray(8, 8 + textLength).toString("utf8")) as Omit<SentBatch, "values">;
      // A copy of its own: numbers must lie at multiples of four.
      onBatch({ ...description, values: new Float32Array(Uint8Array.from(all.subarray(8 + textLength, whole)).buffer) });
      waiting = [all.subarray(whole)];
      length -= whole;
    }
  });
  // One that breaks off is a host that failed, and ends the job by that.
  socket.on("error", () => undefined);
}
