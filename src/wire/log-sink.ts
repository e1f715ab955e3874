import type { Milliseconds } from "../base/instant.ts";
import type { Clock, Timer } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";
import type { Principal } from "./principal.ts";
import type { ServiceCaller } from "./service.ts";

/** How long a line may wait to be sent with others. */
const FLUSH_AFTER: Milliseconds = 200;
/** PutLogEvents takes 10,000 events and 1 MiB (26 bytes beside each line). https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_BATCH_EVENTS = 1000;
const MAX_BATCH_BYTES = 512 * 1024;
const EVENT_OVERHEAD_BYTES = 26;
const DENIED: readonly string[] = ["AccessDeniedException", "AccessDenied"];

/** One log stream being written as somebody: a role that may not write logs has none, as on AWS. */
export interface LogSink {
  /** Resolves at once, or when a full batch has been taken: a program that floods its output waits for it. */
  write(line: string): Promise<void>;
  /** Sends what is left. Never rejects: a job does not fail for its log. */
  close(): Promise<void>;
}

export interface LogSinkOptions {
  readonly call: ServiceCaller;
  readonly clock: Clock;
  readonly log: Log;
  readonly principal: Principal;
  readonly region: string;
  readonly group: string;
  readonly stream: string;
}

/** Opens a log stream, making group and stream when they are not there. */
export function openLogSink({ call, clock, log, principal, region, group, stream }: LogSinkOptions): LogSink {
  const as = { principal, region };
  let batch: { timestamp: number; message: string }[] = [];
  let bytes = 0;
  let timer: Timer | undefined;
  /** The role may not write here: nothing is tried again until the next job or environment. */
  let refused = false;
  let sending: Promise<void> = open().catch(complain);

  async function open(): Promise<void> {
    // A role that may not create the group may still write to one that exists; when there is none, the next call says so.
    await ignoring(["ResourceAlreadyExistsException", "AccessDeniedException"], call("logs", "CreateLogGroup", { logGroupName: group }, as));
    await ignoring(["ResourceAlreadyExistsException"], call("logs", "CreateLogStream", { logGroupName: group, logStreamName: stream }, as));
  }

  function complain(error: unknown): void {
    if (!refused) log.warn("a log stream cannot be written", { group, stream, cause: (error as Error).message });
    refused ||= DENIED.includes((error as Error).name);
  }
  /** A group that was deleted meanwhile is made again; a batch that fails a second time is lost, later ones are not. */
  async function put(logEvents: { timestamp: number; message: string }[]): Promise<void> {
    const request = { logGroupName: group, logStreamName: stream, logEvents };
    try {
      await call("logs", "PutLogEvents", request, as);
    } catch (error) {
      if (DENIED.includes((error as Error).name)) throw error;
      await open();
      await call("logs", "PutLogEvents", request, as);
    }
  }
  function send(): Promise<void> {
    timer?.cancel();
    timer = undefined;
    if (batch.length === 0) return sending;
    const events = batch;
    batch = [];
    bytes = 0;
    sending = sending.then(() => (refused ? undefined : put(events))).catch(complain);
    return sending;
  }
  return {
    async write(line) {
      if (refused) return;
      batch.push({ timestamp: clock.now(), message: line === "" ? " " : line });
      bytes += Buffer.byteLength(line) + EVENT_OVERHEAD_BYTES;
      if (batch.length >= MAX_BATCH_EVENTS || bytes >= MAX_BATCH_BYTES) await send();
      else timer ??= clock.after(FLUSH_AFTER, () => void send());
    },
    close: () => send(),
  };
}

async function ignoring(codes: readonly string[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!codes.includes((error as Error).name)) throw error;
  }
}
