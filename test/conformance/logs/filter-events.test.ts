import { CreateLogStreamCommand, FilterLogEventsCommand, type FilterLogEventsCommandInput, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { GROUP, messages, put, startWithStream, STREAM } from "./support.ts";

async function startWithTwoStreams() {
  const cloud = await startWithStream();
  await cloud.logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: "other" }));
  const filter = (options: Partial<FilterLogEventsCommandInput> = {}) =>
    cloud.logs.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...options }));
  return { ...cloud, filter, now: cloud.clock.now() };
}

describe("FilterLogEvents", () => {
  it("interleaves the group's streams in order of time, each event with its stream and an id of its own", async () => {
    await using cloud = await startWithTwoStreams();
    await put(cloud.logs, [0, 2, 4].map((index) => ({ timestamp: cloud.now + index, message: `a${index}` })));
    await put(cloud.logs, [1, 3, 4].map((index) => ({ timestamp: cloud.now + index, message: `b${index}` })), "other");
    const { events, searchedLogStreams } = await cloud.filter();
    expect(messages(events)).toEqual(["a0", "b1", "a2", "b3", "a4", "b4"]);
    expect(events?.[1]).toMatchObject({ logStreamName: "other", timestamp: cloud.now + 1 });
    expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(6);
    expect(events?.[0]?.eventId).toMatch(/^\d{56}$/);
    expect(searchedLogStreams).toEqual([]);
  });

  it("keeps to named streams or a prefix, and to the time range with its end included", async () => {
    await using cloud = await startWithTwoStreams();
    await put(cloud.logs, [{ timestamp: cloud.now, message: "here" }]);
    await put(cloud.logs, [{ timestamp: cloud.now + 5, message: "there" }], "other");
    expect(messages((await cloud.filter({ logStreamNames: ["other"] })).events)).toEqual(["there"]);
    expect(messages((await cloud.filter({ logStreamNamePrefix: "dogs/" })).events)).toEqual(["here"]);
    expect(messages((await cloud.filter({ startTime: cloud.now + 1, endTime: cloud.now + 5 })).events)).toEqual(["there"]);
    await expect(cloud.filter({ logStreamNames: [STREAM], logStreamNamePrefix: "d" })).rejects.toMatchObject({ name: "InvalidParameterException" });
    await expect(cloud.filter({ logStreamNames: ["none"] })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("pages through what a pattern matches without losing or doubling an event", async () => {
    await using cloud = await startWithTwoStreams();
    for (const stream of [STREAM, "other"]) {
      await put(cloud.logs, Array.from({ length: 600 }, (_, index) => ({ timestamp: cloud.now + Math.floor(index / 7), message: `${stream} ${index} ${index % 3 ? "INFO" : "ERROR"}` })), stream);
    }
    const seen: (string | undefined)[] = [];
    for await (const page of paginateFilterLogEvents({ client: cloud.logs, pageSize: 37 }, { logGroupName: GROUP, filterPattern: "ERROR" })) {
      expect(page.events?.length).toBeLessThanOrEqual(37);
      seen.push(...messages(page.events));
    }
    expect(seen).toHaveLength(400);
    expect(new Set(seen).size).toBe(400);
  });

  it("refuses by name the patterns that it does not know", async () => {
    await using cloud = await startWithTwoStreams();
    for (const filterPattern of ["[ip, user, status = 4*]", "%ERR.*%", "{ $.a = %x% }", "?a b"]) {
      await expect(cloud.filter({ filterPattern })).rejects.toMatchObject({ name: "NotImplemented", message: expect.stringContaining("not supported") as string });
    }
    for (const filterPattern of ["{ $.a = }", "{ a = 1 }", "{ $.a = 1", "a-b", "\"open"]) {
      await expect(cloud.filter({ filterPattern })).rejects.toMatchObject({ name: "InvalidParameterException" });
    }
  });
});
