import {
  CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, DeleteLogGroupCommand, DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand, ListTagsForResourceCommand, paginateDescribeLogGroups, PutLogGroupDeletionProtectionCommand,
  PutRetentionPolicyCommand, TagResourceCommand, UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { startCloud } from "../../support/cloud.ts";
import { get, GROUP, messages, put, startWithStream, STREAM } from "./support.ts";

describe("a log group", () => {
  it("is described with its ARN in both forms", async () => {
    await using cloud = await startWithStream();
    const { logGroups } = await cloud.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: "/aws/sage" }));
    expect(logGroups).toEqual([expect.objectContaining({
      logGroupName: GROUP, arn: `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}:*`,
      logGroupArn: `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`, storedBytes: 0, metricFilterCount: 0, logGroupClass: "STANDARD",
    })]);
  });

  it("cannot be made twice, nor under a name that AWS keeps for itself", async () => {
    await using cloud = await startWithStream();
    await expect(cloud.logs.send(new CreateLogGroupCommand({ logGroupName: GROUP })))
      .rejects.toMatchObject({ name: "ResourceAlreadyExistsException", message: "The specified log group already exists" });
    await expect(cloud.logs.send(new CreateLogGroupCommand({ logGroupName: "aws/mine" })))
      .rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  it("refuses by name what is not kept: encryption keys and other classes", async () => {
    await using cloud = await startWithStream();
    await expect(cloud.logs.send(new CreateLogGroupCommand({ logGroupName: "a", kmsKeyId: "arn:aws:kms:us-east-1:000000000000:key/1" })))
      .rejects.toThrow(/KMS key/);
    await expect(cloud.logs.send(new CreateLogGroupCommand({ logGroupName: "a", logGroupClass: "INFREQUENT_ACCESS" })))
      .rejects.toThrow(/INFREQUENT_ACCESS/);
  });

  it("takes its streams and events with it when it is deleted", async () => {
    await using cloud = await startWithStream();
    await put(cloud.logs, [{ timestamp: cloud.clock.now(), message: "old" }]);
    await cloud.logs.send(new DeleteLogGroupCommand({ logGroupName: GROUP }));
    await expect(get(cloud.logs)).rejects.toMatchObject({ name: "ResourceNotFoundException", message: "The specified log group does not exist." });
    await cloud.logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
    await expect(get(cloud.logs)).rejects.toMatchObject({ name: "ResourceNotFoundException", message: "The specified log stream does not exist." });
    await cloud.logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: STREAM }));
    expect(messages((await get(cloud.logs)).events)).toEqual([]);
  });

  it("stays while it is protected from deletion", async () => {
    await using cloud = await startWithStream();
    const protect = (deletionProtectionEnabled: boolean) =>
      cloud.logs.send(new PutLogGroupDeletionProtectionCommand({ logGroupIdentifier: GROUP, deletionProtectionEnabled }));
    await protect(true);
    await expect(cloud.logs.send(new DeleteLogGroupCommand({ logGroupName: GROUP }))).rejects.toMatchObject({ name: "ValidationException" });
    await protect(false);
    await cloud.logs.send(new DeleteLogGroupCommand({ logGroupName: GROUP }));
  });

  it("carries tags, set at its creation and later", async () => {
    await using cloud = await startCloud();
    const logs = new CloudWatchLogsClient(cloud.client);
    await logs.send(new CreateLogGroupCommand({ logGroupName: "g", tags: { team: "dogs" } }));
    const resourceArn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    await logs.send(new TagResourceCommand({ resourceArn, tags: { stage: "test", cost: "1" } }));
    await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ["cost"] }));
    expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ team: "dogs", stage: "test" });
    await expect(logs.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}2` }))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("keeps a retention that AWS offers, and refuses another with the list", async () => {
    await using cloud = await startWithStream();
    const days = async () => (await cloud.logs.send(new DescribeLogGroupsCommand({}))).logGroups?.[0]?.retentionInDays;
    await expect(cloud.logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 2 })))
      .rejects.toMatchObject({ name: "InvalidParameterException", message: expect.stringContaining("enum value set: [1, 3, 5, 7, ") as string });
    await cloud.logs.send(new PutRetentionPolicyCommand({ logGroupName: GROUP, retentionInDays: 7 }));
    expect(await days()).toBe(7);
    await cloud.logs.send(new DeleteRetentionPolicyCommand({ logGroupName: GROUP }));
    expect(await days()).toBeUndefined();
  });
});

describe("log groups", () => {
  it("are listed in pages, by prefix or by a part of their name", async () => {
    await using cloud = await startCloud();
    const logs = new CloudWatchLogsClient(cloud.client);
    for (let index = 0; index < 7; index += 1) await logs.send(new CreateLogGroupCommand({ logGroupName: `/app/${index}${index % 2 ? "/Odd" : ""}` }));
    const names: (string | undefined)[] = [];
    let pages = 0;
    for await (const page of paginateDescribeLogGroups({ client: logs, pageSize: 3 }, { logGroupNamePrefix: "/app/" })) {
      pages += 1;
      names.push(...(page.logGroups ?? []).map(({ logGroupName }) => logGroupName));
    }
    expect(pages).toBe(3);
    expect(names).toEqual(["/app/0", "/app/1/Odd", "/app/2", "/app/3/Odd", "/app/4", "/app/5/Odd", "/app/6"]);
    const odd = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: "Odd" }));
    expect(odd.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(["/app/1/Odd", "/app/3/Odd", "/app/5/Odd"]);
  });

  it("of another region are not seen", async () => {
    await using cloud = await startWithStream();
    const elsewhere = new CloudWatchLogsClient({ ...cloud.client, region: "eu-west-1" });
    expect((await elsewhere.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
  });
});
