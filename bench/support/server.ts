import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "./sign.ts";

/** `sagebrush serve` in a process of its own, as a user starts it. */
export interface Server extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly endpoint: string;
  /** From the start of the process to its line that says it is ready. */
  readonly readyMs: number;
  readonly target: Target;
  /** For an AWS SDK client. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }; readonly forcePathStyle: true };
}

const PROGRAM = join(import.meta.dirname, "..", "..", "bin", "sagebrush.mjs");

/** `BENCH_PROFILE=folder npm run bench -- requests` leaves a CPU profile of every server there, for the figures that miss their aim. */
const profile = process.env["BENCH_PROFILE"];
const nodeOptions = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-interval", "200", `--cpu-prof-dir=${profile}`];

/** Starts a server on a free port. */
export async function startServer(data: string): Promise<Server> {
  const started = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, PROGRAM, "serve", "--port", "0", "--data", data], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const endpoint = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (piece) => {
      said += String(piece);
      const address = /ready at (\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    void exited.then(() => reject(new Error(`serve ended before it was ready: ${said}`)));
  });
  const readyMs = performance.now() - started;
  const { port, host } = new URL(endpoint);
  const keys = { accessKeyId: "test", secretAccessKey: "test" };
  return {
    pid: child.pid ?? 0, port: Number(port), endpoint, readyMs,
    target: { host, region: "us-east-1", ...keys },
    client: { endpoint, region: "us-east-1", credentials: keys, forcePathStyle: true },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** A folder that is gone afterwards. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "sagebrush-bench-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
