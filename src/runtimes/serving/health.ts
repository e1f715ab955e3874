import { SECOND, type Milliseconds } from "../../base/instant.ts";
import type { Clock } from "../../shared/clock.ts";
import { request } from "../../shared/http.ts";

/** "The response must be within 2 seconds": https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const PING_TIMEOUT: Milliseconds = 2 * SECOND;
/** Between two pings; short, so that a server that is quick is not waited for. */
const PING_AGAIN: Milliseconds = 50;

export interface PingTarget {
  readonly address: string;
  readonly port: number;
}

/** Whether `GET /ping` answers 200 within 2 seconds. */
export function ping({ address, port }: PingTarget, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: address, port, path: "/ping", agent: false, timeout: PING_TIMEOUT, ...(signal === undefined ? {} : { signal }) }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once("timeout", () => asked.destroy());
    asked.once("error", () => resolve(false));
    asked.once("close", () => resolve(false));
    asked.end();
  });
}

/** Pings until the server is healthy (true), or the patience or the signal ends it (false). */
export async function waitForHealth(target: PingTarget, { clock, patience, signal }: { readonly clock: Clock; readonly patience: Milliseconds; readonly signal: AbortSignal }): Promise<boolean> {
  const deadline = clock.monotonic() + patience;
  while (!signal.aborted && clock.monotonic() < deadline) {
    if (await ping(target, signal)) return true;
    await clock.sleep(PING_AGAIN, signal).catch(() => undefined);
  }
  return false;
}
