import { readdirSync, readFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { DAY, get, GROUP, messages, MINUTE, put, startWithStream } from "./support.ts";

const numbers = (from: number, to: number): readonly string[] => Array.from({ length: to - from }, (_, index) => String(from + index));

describe("GetLogEvents", () => {
  it("gives the latest events by default and the earliest from the head, in order of time both ways", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    await put(cloud.logs, numbers(0, 10).map((message, index) => ({ timestamp: now - 1000 + index, message })));
    expect(messages((await get(cloud.logs, { limit: 3 })).events)).toEqual(["7", "8", "9"]);
    expect(messages((await get(cloud.logs, { limit: 3, startFromHead: true })).events)).toEqual(["0", "1", "2"]);
  });

  it("pages forward and backward by its tokens, which come back unchanged at the end", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    // The same moment for all: only their place in the stream orders them.
    await put(cloud.logs, numbers(0, 25).map((message) => ({ timestamp: now, message })));
    const seen: (string | undefined)[] = [];
    let token: string | undefined;
    for (;;) {
      const page = await get(cloud.logs, { limit: 10, startFromHead: true, ...(token === undefined ? {} : { nextToken: token }) });
      seen.push(...messages(page.events));
      if (page.nextForwardToken === token) break;
      token = page.nextForwardToken;
    }
    expect(seen).toEqual(numbers(0, 25));
    const latest = await get(cloud.logs, { limit: 10 });
    expect(messages(latest.events)).toEqual(numbers(15, 25));
    const before = await get(cloud.logs, { limit: 10, nextToken: latest.nextBackwardToken });
    expect(messages(before.events)).toEqual(numbers(5, 15));
    const first = await get(cloud.logs, { limit: 10, nextToken: before.nextBackwardToken });
    expect(messages(first.events)).toEqual(numbers(0, 5));
    const none = await get(cloud.logs, { limit: 10, nextToken: first.nextBackwardToken });
    expect(none.events).toEqual([]);
    expect(none.nextBackwardToken).toBe(first.nextBackwardToken);
    expect(messages((await get(cloud.logs, { limit: 10, nextToken: first.nextForwardToken })).events)).toEqual(numbers(5, 15));
  });

  it("lets a reader follow a stream that was empty at first", async () => {
    await using cloud = await startWithStream();
    const empty = await get(cloud.logs, { startFromHead: true });
    await put(cloud.logs, [{ timestamp: cloud.clock.now(), message: "first" }]);
    const next = await get(cloud.logs, { startFromHead: true, nextToken: empty.nextForwardToken });
    expect(messages(next.events)).toEqual(["first"]);
    await put(cloud.logs, [{ timestamp: cloud.clock.now(), message: "second" }]);
    expect(messages((await get(cloud.logs, { startFromHead: true, nextToken: next.nextForwardToken })).events)).toEqual(["second"]);
  });

  it("orders events by time however they arrived", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    const batches = [300, 100, 200, 0, 250].map((start) => numbers(start, start + 50).map((message, index) => ({ timestamp: now - 10_000 + start + index, message })));
    for (const batch of batches) await put(cloud.logs, batch);
    const wanted = batches.flat().sort((a, b) => a.timestamp - b.timestamp).map(({ message }) => message);
    expect(messages((await get(cloud.logs, { startFromHead: true })).events)).toEqual(wanted);
    expect(messages((await get(cloud.logs, { limit: 60 })).events)).toEqual(wanted.slice(-60));
  });

  it("takes its start as included and its end as excluded", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    await put(cloud.logs, numbers(0, 5).map((message, index) => ({ timestamp: now + index, message })));
    expect(messages((await get(cloud.logs, { startTime: now + 1, endTime: now + 3 })).events)).toEqual(["1", "2"]);
    await expect(get(cloud.logs, { startTime: now, endTime: now - 1 })).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("ends a page at one megabyte", async () => {
    await using cloud = await startWithStream();
    const timestamp = cloud.clock.now();
    for (let index = 0; index < 4; index += 1) await put(cloud.logs, [{ timestamp, message: String(index).repeat(400_000) }]);
    const page = await get(cloud.logs, { startFromHead: true });
    expect(page.events?.map(({ message }) => message?.[0])).toEqual(["0", "1"]);
    const rest = await get(cloud.logs, { startFromHead: true, nextToken: page.nextForwardToken });
    expect(rest.events?.map(({ message }) => message?.[0])).toEqual(["2", "3"]);
  });

  it("refuses a token that is not its own", async () => {
    await using cloud = await startWithStream();
    for (const nextToken of ["f/????", "x/e30", "nonsense"]) {
      await expect(get(cloud.logs, { nextToken })).rejects.toMatchObject({ name: "InvalidParameterException", message: "The specified nextToken is invalid." });
    }
  });

  it("leaves expired events out", async () => {
    await using cloud = await startWithStream();
    await cloud.logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 1 }));
    await put(cloud.logs, [{ timestamp: cloud.clock.now(), message: "old" }]);
    cloud.clock.advance(DAY + MINUTE);
    // One client a request: the SDK sets its clock by each answer's Date.
    const later = () => new CloudWatchLogsClient({ ...cloud.client, systemClockOffset: DAY + MINUTE });
    await put(later(), [{ timestamp: cloud.clock.now(), message: "new" }]);
    expect(messages((await get(later())).events)).toEqual(["new"]);
  });

  it("gives the same after the server has been started again", async () => {
    const first = await startWithStream();
    const path = `${first.folder}-kept`;
    await using folder = { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
    await put(first.logs, numbers(0, 3).map((message) => ({ timestamp: first.clock.now(), message })));
    // As kill -9 leaves it: what was acknowledged is in the files, nothing was closed.
    await cp(first.folder, folder.path, { recursive: true });
    await first.stop();
    await using again = await startCloud({ data: folder.path });
    const logs = new CloudWatchLogsClient(again.client);
    expect(messages((await get(logs)).events)).toEqual(["0", "1", "2"]);
    await put(logs, [{ timestamp: again.clock.now(), message: "3" }]);
    expect(messages((await get(logs)).events)).toEqual(["0", "1", "2", "3"]);
  });
});

it("deletes expired events from the disk within the hour", async () => {
  await using cloud = await startWithStream();
  await cloud.logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 1 }));
  await put(cloud.logs, [{ timestamp: cloud.clock.now(), message: "secret of yesterday" }]);
  const onDisk = () => readdirSync(join(cloud.folder, "logs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("");
  expect(onDisk()).toContain("secret of yesterday");
  cloud.clock.advance(2 * DAY);
  await expect.poll(onDisk).not.toContain("secret of yesterday");
});
