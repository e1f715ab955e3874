import { InvokeCommand } from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { instant, MINUTE } from "../../../src/base/instant.ts";
import { fateOf, type EventRecord } from "../../../src/services/lambda/invoke/event-queue.ts";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { makeFunction, startLambda } from "./support.ts";

/** Counts what functions report to it: what an asynchronous invocation did cannot be seen otherwise. */
async function startCounter(): Promise<{ readonly url: string; readonly seen: string[]; close(): void }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close: () => server.close() };
}

test("an accepted event runs once when it succeeds, and is retried after one and two minutes when it fails", async () => {
  await using place = await startLambda();
  const counter = await startCounter();
  await makeFunction(place, "reporter", {
    files: { "index.js": "exports.handler = async (event, context) => { await fetch(`${event.url}/${context.awsRequestId}`); if (event.fail) throw new Error('again') }" }, Timeout: 10,
  });
  const send = async (fail: boolean): Promise<void> => {
    const { StatusCode } = await place.lambda.send(new InvokeCommand({ FunctionName: "reporter", InvocationType: "Event", Payload: JSON.stringify({ url: counter.url, fail }) }));
    expect(StatusCode).toBe(202);
  };
  await send(false);
  await expect.poll(() => counter.seen.length).toBe(1);
  await send(true);
  await expect.poll(() => counter.seen.length).toBe(2);
  for (const [minutes, times] of [[1, 3], [2, 4]] as const) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    place.cloud.clock.advance(minutes * MINUTE + 1000);
    await expect.poll(() => counter.seen.length, { timeout: 10_000 }).toBe(times);
  }
  expect(new Set(counter.seen.slice(1)).size).toBe(1);
  place.cloud.clock.advance(60 * MINUTE);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(counter.seen.length).toBe(4);
  counter.close();
});

const event: EventRecord = { requestId: "r", functionKey: "k", invokedArn: "a", traceId: "t", payload: "", acceptedAt: instant(0), due: instant(0), failures: 0, throttles: 0 };

test("what could not run is tried again at growing distances for six hours, without counting as a failure", () => {
  expect(fateOf(event, "throttled", instant(0))).toMatchObject({ kind: "retry", record: { due: 1000, failures: 0, throttles: 1 } });
  expect(fateOf({ ...event, throttles: 20 }, "throttled", instant(0))).toMatchObject({ kind: "retry", record: { due: 5 * MINUTE } });
  expect(fateOf(event, "throttled", instant(6 * 60 * MINUTE))).toMatchObject({ kind: "dropped" });
  expect(fateOf({ ...event, failures: 2 }, "failed", instant(0))).toEqual({ kind: "dropped", reason: "the function failed 3 times" });
});
