import { createServer } from "node:net";

/** A port that is free on this address now, which may have changed by the time that somebody listens there. */
export function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, address, () => {
      const bound = probe.address();
      probe.close(() => (typeof bound === "object" && bound !== null ? resolve(bound.port) : reject(new Error(`no port is free on ${address}`))));
    });
  });
}
