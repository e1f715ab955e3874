import type { Log } from "../../shared/log.ts";
import type { Background } from "./context.ts";

/** Work that an operation begins and does not wait for. A failure is the server's own: it is logged, and `ready` repairs at the next start. */
export function createBackground(log: Log): Background {
  const running = new Set<Promise<void>>();
  return {
    run(what, work) {
      const run = work()
        .catch((error: unknown) => log.error("background work failed", { what, cause: error instanceof Error ? error.stack : String(error) }))
        .finally(() => void running.delete(run));
      running.add(run);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
