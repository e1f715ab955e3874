import { expect, test } from "vitest";
import { holdUntil, listen } from "../../src/cloud/listen.ts";
import { silentLog } from "../../src/shared/log.ts";

test("a request that comes before everything is in order waits for it", async () => {
  const ready = Promise.withResolvers<void>();
  const seen: string[] = [];
  const server = await listen(holdUntil(ready.promise, async ({ url = "" }, response) => {
    seen.push(url);
    response.end("served");
  }), { host: "127.0.0.1", port: 0, log: silentLog });
  const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${server.port}${path}`)).text();
  const early = ask("/early");
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen).toEqual([]);
  ready.resolve();
  expect([await early, await ask("/late"), seen]).toEqual(["served", "served", ["/early", "/late"]]);
  await server.close();
});
