import { PutLogEventsCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { DAY, get, GROUP, messages, MINUTE, put, startWithStream, STREAM } from "./support.ts";

const MB = 1_048_576;

describe("PutLogEvents", () => {
  it("keeps what it accepts, any text, and ignores sequence tokens", async () => {
    await using cloud = await startWithStream();
    const timestamp = cloud.clock.now();
    const texts = ["Épagneul 🐕 \u0000 \"quoted\"", "x", "two\nlines"];
    const first = await put(cloud.logs, texts.map((message) => ({ timestamp, message })));
    expect(first.nextSequenceToken).toMatch(/^\d{56}$/);
    await cloud.logs.send(new PutLogEventsCommand({
      logGroupName: GROUP, logStreamName: STREAM, sequenceToken: "nonsense", logEvents: [{ timestamp, message: "again" }],
    }));
    expect(messages((await get(cloud.logs)).events)).toEqual([...texts, "again"]);
  });

  it("refuses events that are too old, too new or expired by their index, and keeps the others", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    const events = [now - 15 * DAY, now - 8 * DAY, now - MINUTE, now, now + 3 * 60 * MINUTE].map((timestamp, index) => ({ timestamp, message: String(index) }));
    await cloud.logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 7 }));
    const { rejectedLogEventsInfo } = await put(cloud.logs, events);
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 });
    expect(messages((await get(cloud.logs)).events)).toEqual(["2", "3"]);
  });

  it("refuses a batch out of order or longer than a day", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    await expect(put(cloud.logs, [{ timestamp: now, message: "b" }, { timestamp: now - 1, message: "a" }])).rejects.toMatchObject({
      name: "InvalidParameterException", message: "Log events in a single PutLogEvents request must be in chronological order.",
    });
    await expect(put(cloud.logs, [{ timestamp: now - DAY - MINUTE, message: "a" }, { timestamp: now, message: "b" }])).rejects.toMatchObject({
      name: "InvalidParameterException", message: "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    });
    expect(messages((await get(cloud.logs)).events)).toEqual([]);
  });

  it("counts 26 bytes beside each message towards its limits", async () => {
    await using cloud = await startWithStream();
    const timestamp = cloud.clock.now();
    await put(cloud.logs, [{ timestamp, message: "x".repeat(MB - 26) }]);
    await expect(put(cloud.logs, [{ timestamp, message: "x".repeat(MB - 25) }])).rejects.toMatchObject({
      name: "InvalidParameterException", message: `Log event too large: ${MB + 1} bytes exceeds limit of ${MB}`,
    });
    const half = "é".repeat(MB / 4);
    await expect(put(cloud.logs, [{ timestamp, message: half }, { timestamp, message: half }])).rejects.toMatchObject({
      name: "InvalidParameterException", message: `Upload too large: ${MB + 52} bytes exceeds limit of ${MB}`,
    });
  });

  it("says that it does not keep entities, and keeps the events", async () => {
    await using cloud = await startWithStream();
    const { rejectedEntityInfo } = await cloud.logs.send(new PutLogEventsCommand({
      logGroupName: GROUP, logStreamName: STREAM, entity: { keyAttributes: { Type: "Service", Name: "dogs" } }, logEvents: [{ timestamp: cloud.clock.now(), message: "kept" }],
    }));
    expect(rejectedEntityInfo).toEqual({ errorType: "UnsupportedLogGroupType" });
    expect(messages((await get(cloud.logs)).events)).toEqual(["kept"]);
  });
});
