import type { Clients } from "./clients.ts";

/** One line of a job's log, with the host that wrote it (`algo-1`). */
export interface LogLine {
  readonly host: string;
  readonly at: Date;
  readonly text: string;
}

const GROUP = "/aws/sagemaker/TrainingJobs";

/** Reads a training job's log piece by piece: every call of the result gives the lines that came since the one before. */
export function followTrainingLog(clients: Clients, jobName: string): () => Promise<readonly LogLine[]> {
  const places = new Map<string, string | undefined>();
  return async () => {
    const { DescribeLogStreamsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
    const client = await clients.logs();
    try {
      const { logStreams = [] } = await client.send(new DescribeLogStreamsCommand({ logGroupName: GROUP, logStreamNamePrefix: `${jobName}/` }));
      for (const { logStreamName = "" } of logStreams) if (!places.has(logStreamName)) places.set(logStreamName, undefined);
    } catch (error) {
      // Nothing has been written yet.
      if ((error as Error).name === "ResourceNotFoundException") return [];
      throw error;
    }
    const lines: LogLine[] = [];
    for (const [stream, token] of places) {
      const read = await readStream(clients, stream, token);
      places.set(stream, read.token);
      lines.push(...read.lines);
    }
    return lines.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  };
}

/** Everything from a token on. CloudWatch Logs answers the same token again at the stream's present end. */
async function readStream(clients: Clients, stream: string, from: string | undefined): Promise<{ readonly lines: readonly LogLine[]; readonly token: string | undefined }> {
  const { GetLogEventsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const client = await clients.logs();
  // `<job>/algo-1-1790000000`
  const host = /\/(algo-\d+)/.exec(stream)?.[1] ?? stream;
  const lines: LogLine[] = [];
  for (let token = from; ;) {
    const { events = [], nextForwardToken } = await client.send(new GetLogEventsCommand({ logGroupName: GROUP, logStreamName: stream, startFromHead: true, nextToken: token }));
    lines.push(...events.map(({ timestamp = 0, message = "" }) => ({ host, at: new Date(timestamp), text: message.trimEnd() })));
    if (nextForwardToken === token) return { lines, token };
    token = nextForwardToken;
  }
}
