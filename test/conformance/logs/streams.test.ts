import {
  CreateLogStreamCommand, DeleteLogStreamCommand, DescribeLogStreamsCommand, paginateDescribeLogStreams, type DescribeLogStreamsCommandInput,
} from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { get, GROUP, MINUTE, put, startWithStream, STREAM } from "./support.ts";

describe("log streams", () => {
  it("tell when their first and last events were", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    await put(cloud.logs, [{ timestamp: now - MINUTE, message: "a" }, { timestamp: now, message: "b" }]);
    await put(cloud.logs, [{ timestamp: now - 2 * MINUTE, message: "late" }]);
    const { logStreams } = await cloud.logs.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }));
    expect(logStreams).toEqual([expect.objectContaining({
      logStreamName: STREAM, firstEventTimestamp: now - 2 * MINUTE, lastEventTimestamp: now, storedBytes: 0,
      arn: `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}:log-stream:${STREAM}`,
    })]);
    expect(logStreams?.[0]?.lastIngestionTime).toBeGreaterThanOrEqual(now);
  });

  it("are listed by name or by last event, up or down, in pages", async () => {
    await using cloud = await startWithStream();
    const now = cloud.clock.now();
    for (const [index, name] of ["c", "a", "b"].entries()) {
      await cloud.logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: name }));
      await put(cloud.logs, [{ timestamp: now + index, message: name }], name);
    }
    const names = async (options: Partial<DescribeLogStreamsCommandInput>) => {
      const all: (string | undefined)[] = [];
      for await (const page of paginateDescribeLogStreams({ client: cloud.logs, pageSize: 2 }, { logGroupName: GROUP, ...options })) {
        all.push(...(page.logStreams ?? []).map(({ logStreamName }) => logStreamName));
      }
      return all;
    };
    expect(await names({})).toEqual(["a", "b", "c", STREAM]);
    expect(await names({ descending: true })).toEqual([STREAM, "c", "b", "a"]);
    expect(await names({ orderBy: "LastEventTime" })).toEqual([STREAM, "c", "a", "b"]);
    expect(await names({ orderBy: "LastEventTime", descending: true })).toEqual(["b", "a", "c", STREAM]);
    expect(await names({ logStreamNamePrefix: "dogs/" })).toEqual([STREAM]);
    await expect(names({ orderBy: "LastEventTime", logStreamNamePrefix: "d" })).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("are found by the group's ARN as well", async () => {
    await using cloud = await startWithStream();
    const arn = `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`;
    for (const logGroupIdentifier of [arn, GROUP]) {
      expect((await cloud.logs.send(new DescribeLogStreamsCommand({ logGroupIdentifier }))).logStreams).toHaveLength(1);
    }
    // "If you specify an ARN here, it can't end with an asterisk": API_DescribeLogStreams
    for (const wrong of [{ logGroupIdentifier: `${arn}:*` }, { logGroupIdentifier: arn, logGroupName: GROUP }]) await expect(cloud.logs.send(new DescribeLogStreamsCommand(wrong)))
      .rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("are gone with their events when deleted", async () => {
    await using cloud = await startWithStream();
    await cloud.logs.send(new DeleteLogStreamCommand({ logGroupName: GROUP, logStreamName: STREAM }));
    await expect(get(cloud.logs)).rejects.toMatchObject({ message: "The specified log stream does not exist." });
    await expect(cloud.logs.send(new DeleteLogStreamCommand({ logGroupName: GROUP, logStreamName: STREAM })))
      .rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("cannot be made twice or in no group", async () => {
    await using cloud = await startWithStream();
    await expect(cloud.logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: STREAM })))
      .rejects.toMatchObject({ name: "ResourceAlreadyExistsException" });
    await expect(cloud.logs.send(new CreateLogStreamCommand({ logGroupName: "none", logStreamName: STREAM })))
      .rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
