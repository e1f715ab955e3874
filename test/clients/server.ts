import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const START_BOUND_MS = 30_000;
const STOP_BOUND_MS = 30_000;

/** A server in a process of its own, as a user starts it. */
export interface ServedCloud extends AsyncDisposable {
  readonly endpoint: string;
  /** Everything it printed so far. */
  said(): string;
  /** Asks it to end; undefined when it did so in time and with exit code 0, else a sentence. */
  stop(): Promise<string | undefined>;
  /** SIGKILL: it has no time to do anything. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts `sagebrush serve` on a free port and waits for the address that it prints. */
export async function serve(data: string): Promise<ServedCloud> {
  const program = fileURLToPath(new URL("../../bin/sagebrush.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, "serve", "--port", "0", "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const ended = new Promise<number | string>((resolve) => child.on("close", (code, signal) => resolve(code ?? signal ?? "?")));
  const endpoint = await new Promise<string>((resolve, reject) => {
    const bound = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`serve was not ready after ${START_BOUND_MS / 1000} s: ${output}`));
    }, START_BOUND_MS);
    const hear = (text: unknown): void => {
      output += String(text);
      const address = /ready at (http:\/\/\S+)/.exec(output)?.[1];
      if (address === undefined) return;
      clearTimeout(bound);
      resolve(address);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    void ended.then((code) => {
      clearTimeout(bound);
      reject(new Error(`serve ended at once (${code}): ${output}`));
    });
  });
  const stop = async (): Promise<string | undefined> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode === 0 ? undefined : `the server ended by itself (${await ended})`;
    child.kill("SIGTERM");
    const bound = setTimeout(() => child.kill("SIGKILL"), STOP_BOUND_MS);
    const code = await ended;
    clearTimeout(bound);
    return code === 0 ? undefined : `the server did not stop well (${code})`;
  };
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return { endpoint, said: () => output, stop, kill, [Symbol.asyncDispose]: async () => void (await stop()) };
}
