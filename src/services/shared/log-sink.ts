import type { Milliseconds } from "../../base/instant.ts";
import type { Clock, Timer } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import type { Principal } from "../../wire/principal.ts";
import type { ServiceCaller } from "../../wire/service.ts";

/** How long a line may wait to be sent with others. */
const FLUSH_AFTER: Milliseconds = 200;
/** PutLogEvents takes 10,000 events and 1 MiB (26 bytes beside each line). https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_BATCH_EVENTS = 1000;
const MAX_BATCH_BYTES = 512 * 1024;
const EVENT_OVERHEAD_BYTES = 26;

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
  let refused = false;
  let sending: Promise<void> = open().catch(giveUp);

  async function open(): Promise<void> {
    // A role that may not create the group may still write to one that exists; when there is none, the next call says so.
    await ignoring(["ResourceAlreadyExistsException", "AccessDeniedException"], call("logs", "CreateLogGroup", { logGroupName: group }, as));
    await ignoring(["ResourceAlreadyExistsException"], call("logs", "CreateLogStream", { logGroupName: group, logStreamName: stream }, as));
  }

  function giveUp(error: unknown): void {
    if (!refused) log.warn("a log stream cannot be written", { group, stream, cause: (error as Error).message });
    refused = true;
  }
  function send(): Promise<void> {
    timer?.cancel();
    timer = undefined;
    if (batch.length === 0) return sending;
    const events = batch;
    batch = [];
    bytes = 0;
    sending = sending.then(async () => {
      if (!refused) await call("logs", "PutLogEvents", { logGroupName: group, logStreamName: stream, logEvents: events }, as);
    }).catch(giveUp);
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
