import {
  CloudWatchLogsClient, CreateLogGroupCommand, CreateLogStreamCommand, GetLogEventsCommand, PutLogEventsCommand,
  type GetLogEventsCommandInput, type InputLogEvent,
} from "@aws-sdk/client-cloudwatch-logs";
import { startCloud, type TestCloud } from "../../support/cloud.ts";

export const GROUP = "/aws/sagemaker/TrainingJobs";
export const STREAM = "dogs/algo-1-1700000000";
export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

/** A cloud with one empty stream in one group. */
export async function startWithStream(): Promise<TestCloud & { readonly logs: CloudWatchLogsClient }> {
  const cloud = await startCloud();
  const logs = new CloudWatchLogsClient(cloud.client);
  await logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
  await logs.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName: STREAM }));
  return { ...cloud, logs };
}

export const put = (logs: CloudWatchLogsClient, logEvents: InputLogEvent[], logStreamName = STREAM) =>
  logs.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName, logEvents }));

export const get = (logs: CloudWatchLogsClient, options: Partial<GetLogEventsCommandInput> = {}) =>
  logs.send(new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: STREAM, ...options }));

export const messages = (events: readonly { readonly message?: string | undefined }[] | undefined): readonly (string | undefined)[] =>
  (events ?? []).map(({ message }) => message);
