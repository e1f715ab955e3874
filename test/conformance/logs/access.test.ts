import { CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, DescribeLogGroupsCommand, DescribeLogStreamsCommand, FilterLogEventsCommand, ListTagsForResourceCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import { get, GROUP, messages, put, startWithStream, STREAM } from "./support.ts";

const ARN = `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`;

/** A user who may do these actions on these resources, and nothing else. */
async function startWithUser(Action: readonly string[], Resource: string) {
  const cloud = await startWithStream();
  const iam = new IAMClient(cloud.client);
  await iam.send(new CreateUserCommand({ UserName: "writer" }));
  await iam.send(new PutUserPolicyCommand({
    UserName: "writer", PolicyName: "logs", PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] }),
  }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "writer" }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  return { ...cloud, user: new CloudWatchLogsClient({ ...cloud.client, credentials }) };
}

const denied = (action: string, resource: string) => ({
  name: "AccessDeniedException",
  message: `User: arn:aws:iam::000000000000:user/writer is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
});

describe("a user with a policy on one group's streams", () => {
  it("writes there, and nothing else", async () => {
    await using cloud = await startWithUser(["logs:CreateLogStream", "logs:PutLogEvents"], `${ARN}:*`);
    await cloud.user.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: "mine" }));
    await put(cloud.user, [{ timestamp: cloud.clock.now(), message: "allowed" }]);
    expect(messages((await get(cloud.logs)).events)).toEqual(["allowed"]);
    await expect(get(cloud.user)).rejects.toMatchObject(denied("logs:GetLogEvents", `${ARN}:log-stream:${STREAM}`));
    await expect(cloud.user.send(new CreateLogStreamCommand({ logGroupName: "/other", logStreamName: "mine" })))
      .rejects.toMatchObject(denied("logs:CreateLogStream", "arn:aws:logs:us-east-1:000000000000:log-group:/other:log-stream:mine"));
  });

  it("needs the form with :* for the group's own operations, as at AWS", async () => {
    await using bare = await startWithUser(["logs:*"], ARN);
    await expect(bare.user.send(new FilterLogEventsCommand({ logGroupName: GROUP }))).rejects.toMatchObject(denied("logs:FilterLogEvents", `${ARN}:log-stream:`));
    expect((await bare.user.send(new ListTagsForResourceCommand({ resourceArn: ARN }))).tags).toEqual({});
    await using full = await startWithUser(["logs:*"], `${ARN}:*`);
    expect((await full.user.send(new FilterLogEventsCommand({ logGroupName: GROUP }))).events).toEqual([]);
    expect((await full.user.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }))).logStreams).toHaveLength(1);
    await expect(full.user.send(new DescribeLogGroupsCommand({})))
      .rejects.toMatchObject(denied("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:000000000000:log-group::log-stream:"));
  });

  it("cannot make a tagged group without the right to tag", async () => {
    await using cloud = await startWithUser(["logs:CreateLogGroup"], "*");
    await cloud.user.send(new CreateLogGroupCommand({ logGroupName: "plain" }));
    await expect(cloud.user.send(new CreateLogGroupCommand({ logGroupName: "tagged", tags: { a: "b" } }))).rejects.toMatchObject({
      name: "AccessDeniedException", message: "User with accountId: 000000000000 is not authorized to perform CreateLogGroup with Tags",
    });
  });
});
