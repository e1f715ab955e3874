import { ServiceError } from "../../../base/errors.ts";
import type { Milliseconds } from "../../../base/instant.ts";
import type { FunctionTarget, LogStream } from "../../../runtimes/functions/index.ts";
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import type { Principal } from "../../../wire/principal.ts";
import type { ServiceCaller } from "../../../wire/service.ts";

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

export interface LogStreamParts {
  readonly target: FunctionTarget;
  readonly name: string;
  /** The function's role: without logs permissions it has no log, as on AWS. */
  readonly principal: Principal;
  readonly call: ServiceCaller;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines wait this long for company. */
const BATCH_DELAY: Milliseconds = 100;
/** PutLogEvents takes 10,000 events and 1 MiB, each event counted with 26 bytes more (API_PutLogEvents). */
const MAX_EVENTS = 10_000;
const MAX_BYTES = 1_048_576;
const EVENT_OVERHEAD = 26;
/** A program that has this many bytes waiting is paused until they are kept. */
const HIGH_WATER = 4 * MAX_BYTES;

/** Sends an environment's lines to CloudWatch Logs in batches, as the function's role; the group and stream are made when missing. */
export function openLogStream(parts: LogStreamParts): LogStream & { idle(): Promise<void> } {
  let events: LogEvent[] = [];
  let bytes = 0;
  let timer: Timer | undefined;
  let sending: Promise<void> = Promise.resolve();
  let pending = 0;
  let warned = false;

  const send = async (batch: readonly LogEvent[]): Promise<void> => {
    try {
      await put(parts, batch);
    } catch (error) {
      // Said once: a role without permissions fails at every batch, and may be given them at any time.
      if (!warned) parts.log.warn("a function's log is not kept", { function: parts.target.arn, reason: (error as Error).message });
      warned = true;
    }
  };
  const flush = (): void => {
    timer?.cancel();
    timer = undefined;
    const batch = events;
    if (batch.length === 0) return;
    const size = bytes;
    events = [];
    pending += size;
    bytes = 0;
    sending = sending.then(() => send(batch)).finally(() => {
      pending -= size;
    });
  };
  return {
    name: parts.name,
    write(message) {
      const text = `${message}\n`;
      const size = Buffer.byteLength(text) + EVENT_OVERHEAD;
      if (events.length + 1 > MAX_EVENTS || bytes + size > MAX_BYTES) flush();
      events.push({ timestamp: parts.clock.now(), message: text });
      bytes += size;
      timer ??= parts.clock.after(BATCH_DELAY, flush);
      return pending + bytes > HIGH_WATER ? sending : undefined;
    },
    flush,
    idle() {
      flush();
      return sending;
    },
  };
}

async function put({ call, principal, target, name }: LogStreamParts, batch: readonly LogEvent[]): Promise<void> {
  const place = { logGroupName: target.logGroup, logStreamName: name };
  const as = { principal, region: target.region };
  const write = () => call("logs", "PutLogEvents", { ...place, logEvents: [...batch] }, as);
  try {
    await write();
  } catch (error) {
    if (!is(error, "ResourceNotFoundException")) throw error;
    await createStream({ call, as, place });
    await write();
  }
}

async function createStream({ call, as, place }: { readonly call: ServiceCaller; readonly as: { readonly principal: Principal; readonly region: string }; readonly place: { readonly logGroupName: string; readonly logStreamName: string } }): Promise<void> {
  const create = () => call("logs", "CreateLogStream", place, as).catch(unlessExists);
  try {
    await create();
  } catch (error) {
    if (!is(error, "ResourceNotFoundException")) throw error;
    await call("logs", "CreateLogGroup", { logGroupName: place.logGroupName }, as).catch(unlessExists);
    await create();
  }
}

const is = (error: unknown, code: string): boolean => error instanceof ServiceError && error.code === code;

function unlessExists(error: unknown): void {
  if (!is(error, "ResourceAlreadyExistsException")) throw error;
}
