import { buffer } from "node:stream/consumers";
import { Parser, type ReadEntry } from "tar";
import type { JobFacts, Usage } from "../review/index.ts";
import type { Clients } from "../sdk/clients.ts";
import { splitS3Uri } from "../sdk/source-archive.ts";

const GROUP = "/aws/sagemaker/TrainingJobs";
/** Of a host's log. */
const MAX_LINES = 2000;
const LAST_LINES = 50;
const USAGE = /^Peak memory: (\d+) MiB of (\d+) MiB(?:.*; CPU: (\d+) % of ([\d.]+) vCPUs)?/;
/** A class has a folder; more than this is no set of classes. */
const MAX_CLASSES = 10_000;
const MAX_SOURCE_BYTES = 2 * 1024 * 1024;

/** How many folders of pictures lie under an address, or under `train/` there: one for each class. Undefined where it does not look like that. */
export async function countClasses(clients: Clients, uri: string): Promise<number | undefined> {
  const { ListObjectsV2Command } = await import("@aws-sdk/client-s3");
  const { bucket, key } = splitS3Uri(uri);
  const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
  const foldersOf = async (Prefix: string): Promise<readonly string[]> => {
    const { CommonPrefixes = [] } = await (await clients.s3()).send(new ListObjectsV2Command({ Bucket: bucket, Prefix, Delimiter: "/" }));
    return CommonPrefixes.flatMap((each) => each.Prefix ?? []);
  };
  try {
    const folders = await foldersOf(prefix);
    const training = folders.find((folder) => /\/train(ing)?\/$/.test(`/${folder}`));
    const classes = training === undefined ? folders : await foldersOf(training);
    return classes.length >= 2 && classes.length <= MAX_CLASSES ? classes.length : undefined;
  } catch (error) {
    // A bucket that is gone, or that may not be listed: then the number of classes is not known.
    if (["NoSuchBucket", "AccessDenied"].includes((error as Error).name)) return undefined;
    throw error;
  }
}

export interface JobLog extends Pick<JobFacts, "hostLines"> {
  /** By host. */
  readonly usage: Readonly<Record<string, Usage>>;
}

/** What a job's log says of what its hosts needed, and, where all is asked for, the lines of each host that hold numbers. */
export async function jobLines(clients: Clients, job: string, { all }: { readonly all: boolean }): Promise<JobLog> {
  const { DescribeLogStreamsCommand, GetLogEventsCommand } = await import("@aws-sdk/client-cloudwatch-logs");
  const logs = await clients.logs();
  const hostLines: Record<string, readonly string[]> = {};
  const usage: Record<string, Usage> = {};
  try {
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: GROUP, logStreamNamePrefix: `${job}/` }));
    for (const { logStreamName = "" } of logStreams) {
      const { events = [] } = await logs.send(new GetLogEventsCommand({ logGroupName: GROUP, logStreamName, startFromHead: all, limit: all ? MAX_LINES : LAST_LINES }));
      const lines = events.map(({ message = "" }) => message.trimEnd());
      const host = /\/(algo-\d+)/.exec(logStreamName)?.[1] ?? logStreamName;
      for (const line of lines) {
        const [, peak, limit, percent, vcpus] = USAGE.exec(line) ?? [];
        if (peak !== undefined && limit !== undefined && Number(peak) >= (usage[host]?.peakMiB ?? 0)) usage[host] = { peakMiB: Number(peak), limitMiB: Number(limit), cpuPercent: percent === undefined ? undefined : Number(percent), vcpus: vcpus === undefined ? undefined : Number(vcpus) };
      }
      if (all) hostLines[host] = lines.filter((line) => /\d/.test(line) && !USAGE.test(line));
    }
  } catch (error) {
    // A job whose role may not write logs has none.
    if ((error as Error).name !== "ResourceNotFoundException") throw error;
  }
  return { hostLines, usage };
}

/** The Python files of a job's source archive as one text; undefined where there is none to be read. */
export async function scriptText(clients: Clients, submitDirectory: string | undefined): Promise<string | undefined> {
  const uri = submitDirectory?.replaceAll('"', "");
  if (uri?.startsWith("s3://") !== true) return undefined;
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const { bucket, key } = splitS3Uri(uri);
  try {
    const { Body } = await (await clients.s3()).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body === undefined ? undefined : await pythonFilesOf(await Body.transformToByteArray());
  } catch (error) {
    if (["NoSuchKey", "NoSuchBucket", "AccessDenied"].includes((error as Error).name)) return undefined;
    throw error;
  }
}

async function pythonFilesOf(archive: Uint8Array): Promise<string> {
  const texts: Promise<Buffer>[] = [];
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({
      filter: (path, entry) => path.endsWith(".py") && (entry as ReadEntry).size <= MAX_SOURCE_BYTES,
      onReadEntry: (entry) => void texts.push(buffer(entry as unknown as AsyncIterable<Buffer>)),
    });
    parser.on("end", () => resolve());
    parser.on("error", reject);
    parser.end(Buffer.from(archive));
  });
  return Buffer.concat(await Promise.all(texts)).toString("utf8");
}
