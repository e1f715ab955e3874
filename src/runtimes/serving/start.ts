import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { SECOND, type Milliseconds } from "../../base/instant.ts";
import type { Exit, IsolationReport, Machine } from "../../machines/types.ts";
import type { Clock } from "../../shared/clock.ts";
import { ownProgram, ownReadable } from "../programs.ts";

/** A container as its program is to see it; `/opt/ml/model` is filled already. */
export interface ServedContainer {
  readonly image: string;
  readonly mlFolder: string;
  readonly region: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string } | undefined;
  readonly endpoint: string | undefined;
  /** How long `/ping` may take to answer 200 for the first time. */
  readonly healthPatience: Milliseconds;
  readonly onLine: (line: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/** A model server that has answered `/ping`. */
export interface RunningServer {
  readonly address: string;
  readonly port: number;
  /** Resolves with its last words when it is gone; never rejects. */
  readonly exited: Promise<string>;
  stop(grace: Milliseconds): Promise<void>;
}

/** The server did not come up; the message is what a failed endpoint shows, with the container's own last words. */
export class ServerFailed extends Error {
  override readonly name = "ServerFailed";
}

/** AWS gives each ping two seconds. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const PING_LIMIT: Milliseconds = 2 * SECOND;
const PING_PERIOD: Milliseconds = 25;
const LAST_LINES = 20;

/** Starts the built-in algorithm's server and waits until it is healthy. Rejects with ServerFailed. */
export async function startModelServer(machine: Machine, container: ServedContainer, { clock, isolation }: { readonly clock: Clock; readonly isolation: IsolationReport }): Promise<RunningServer> {
  const mounted = isolation.files === "mount-namespace";
  const root = mounted ? "/opt/ml" : container.mlFolder;
  const port = await freePort(machine.address);
  const lastLines: string[] = [];
  const running = await machine.start({
    command: process.execPath, args: [ownProgram("algorithms/image-classification/serve")],
    workingFolder: container.mlFolder, readable: ownReadable(),
    environment: { ...environmentOf(machine, container, root), SAGEMAKER_BIND_TO_PORT: String(port), SAGEMAKER_BIND_ADDRESS: machine.address },
    ...(mounted && { mounts: { "/opt/ml": container.mlFolder } }),
    onLine: (line) => {
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
      return container.onLine(line);
    },
  });
  const exited = running.exited.then((exit) => lastWords(exit, lastLines));
  const healthy = await waitForPing({ address: machine.address, port }, { clock, exited, patience: container.healthPatience, signal: container.signal });
  if (healthy === "healthy") return { address: machine.address, port, exited, stop: async (grace) => void (await running.stop(grace)) };
  await running.stop(0);
  const words = await exited;
  container.signal.throwIfAborted();
  throw new ServerFailed(`The primary container did not pass the ping health check. Please check CloudWatch logs for this endpoint. ${words}`);
}

function environmentOf(machine: Machine, { environment, credentials, region, endpoint }: ServedContainer, root: string): Record<string, string> {
  const threads = String(Math.max(1, Math.floor(machine.limits.vcpus)));
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8", HOME: root, TMPDIR: join(machine.folder, "tmp"),
    AWS_REGION: region, AWS_DEFAULT_REGION: region, SAGEBRUSH_ML_ROOT: root, SAGEBRUSH_VCPUS: threads, OMP_NUM_THREADS: threads, OMP_WAIT_POLICY: "PASSIVE",
    ...(credentials && { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken }),
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL: endpoint }),
    ...environment,
  };
}

interface Waiting {
  readonly clock: Clock;
  readonly exited: Promise<string>;
  readonly patience: Milliseconds;
  readonly signal: AbortSignal;
}

async function waitForPing(place: { readonly address: string; readonly port: number }, { clock, exited, patience, signal }: Waiting): Promise<"healthy" | "gone" | "late"> {
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  const deadline = clock.monotonic() + patience;
  while (!gone && !signal.aborted) {
    if (await ping(place)) return "healthy";
    if (clock.monotonic() > deadline) return "late";
    await clock.sleep(PING_PERIOD, signal).catch(() => undefined);
  }
  return "gone";
}

/** One `/ping`: true when it answers 200 in time. */
export function ping({ address, port }: { readonly address: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: address, port, path: "/ping", timeout: PING_LIMIT, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode === 200));
      response.on("error", () => resolve(false));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/** A port that is free on the machine's own address now; nobody else is given that address. */
function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, address, () => {
      const bound = probe.address();
      probe.close(() => (typeof bound === "object" && bound ? resolve(bound.port) : reject(new Error("no port"))));
    });
  });
}

function lastWords(exit: Exit, lines: readonly string[]): string {
  const how = exit.kind === "exited" ? `exited with code ${exit.code}`
    : exit.kind === "signalled" ? `was ended by ${exit.signal}`
    : exit.kind === "out-of-memory" ? `ran out of memory: it reached ${exit.peakMiB} MiB and has ${exit.limitMiB} MiB`
    : `could not be started: ${exit.reason}`;
  return `The container ${how}.${lines.length === 0 ? "" : ` Its last words: ${lines.join("\n")}`}`;
}
