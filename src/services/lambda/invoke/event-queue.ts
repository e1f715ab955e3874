import { ServiceError } from "../../../base/errors.ts";
import { HOUR, MINUTE, plus, SECOND, type Instant, type Milliseconds } from "../../../base/instant.ts";
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import type { Collection } from "../../../store/index.ts";
import type { FunctionRecord } from "../function/function.ts";
import type { Runner } from "./runner.ts";

/** An asynchronous invocation that was accepted and has not ended. */
export interface EventRecord {
  readonly requestId: string;
  /** Key of the function's record. */
  readonly functionKey: string;
  readonly invokedArn: string;
  readonly traceId: string;
  readonly clientContext?: string | undefined;
  /** Base64. */
  readonly payload: string;
  /** Service time, as everything that waits for retries. */
  readonly acceptedAt: Instant;
  readonly due: Instant;
  /** Times the function ran and failed. */
  readonly failures: number;
  /** Times in a row it could not be run at all. */
  readonly throttles: number;
}

/** What becomes of an event after an attempt. */
export type EventFate = { readonly kind: "done" } | { readonly kind: "retry"; readonly record: EventRecord } | { readonly kind: "dropped"; readonly reason: string };

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const RETRY_DELAYS: readonly Milliseconds[] = [MINUTE, 2 * MINUTE];
const MAX_AGE: Milliseconds = 6 * HOUR;
const MAX_BACKOFF: Milliseconds = 5 * MINUTE;
/** Events that run at one moment. AWS scales to the function's concurrency; this machine's cores are fewer. */
const MAX_PARALLEL = 16;
/** How often waiting events are looked at; with accelerated service time this is the grain of the delays. */
const TICK: Milliseconds = 250;

export type Attempt = "succeeded" | "failed" | "throttled";

/** The rule of retries: two for a function's error, after one and two minutes; back-off for what could not run, up to six hours. */
export function fateOf(record: EventRecord, attempt: Attempt, now: Instant): EventFate {
  if (attempt === "succeeded") return { kind: "done" };
  const wait = attempt === "failed" ? RETRY_DELAYS[record.failures] : Math.min(SECOND * 2 ** record.throttles, MAX_BACKOFF);
  if (wait === undefined) return { kind: "dropped", reason: `the function failed ${record.failures + 1} times` };
  const due = plus(now, wait);
  if (due > plus(record.acceptedAt, MAX_AGE)) return { kind: "dropped", reason: "it would be older than six hours" };
  const counts = attempt === "failed" ? { failures: record.failures + 1, throttles: 0 } : { failures: record.failures, throttles: record.throttles + 1 };
  return { kind: "retry", record: { ...record, due, ...counts } };
}

/** Accepted events, run in the background. Each runs at least once, also after a crash of the server. */
export interface EventQueue {
  /** Stores the event: when this returns, it will not be lost. */
  accept(record: EventRecord): void;
  /** Takes up what an earlier server left. */
  start(): void;
  /** Begins no more attempts and waits for those under way, which end with their environments. */
  stop(): Promise<void>;
}

export interface EventQueueParts {
  readonly events: Collection<EventRecord>;
  readonly functions: Collection<FunctionRecord>;
  readonly runner: Pick<Runner, "run">;
  readonly clock: Clock;
  readonly log: Log;
}

export function createEventQueue({ events, functions, runner, clock, log }: EventQueueParts): EventQueue {
  const waiting = new Map<string, Instant>();
  const active = new Set<Promise<void>>();
  let ticking: Timer | undefined;
  let stopped = false;

  const attempt = async (record: EventRecord, fn: FunctionRecord): Promise<Attempt> => {
    try {
      const { functionError } = await runner.run(fn, { ...record, payload: Buffer.from(record.payload, "base64") });
      return functionError === undefined ? "succeeded" : "failed";
    } catch (error) {
      if (!(error instanceof ServiceError)) log.error("an event could not be run", { requestId: record.requestId, cause: (error as Error).stack });
      return "throttled";
    }
  };
  const process = async (record: EventRecord): Promise<void> => {
    const fn = functions.get(record.functionKey);
    const fate: EventFate = fn === undefined ? { kind: "dropped", reason: "the function was deleted" } : fateOf(record, await attempt(record, fn), clock.service());
    // An attempt cut short by the server's end is no attempt: the stored event is taken up by the next start.
    if (stopped && fate.kind !== "done") return;
    if (fate.kind === "retry") {
      events.put(record.requestId, fate.record);
      waiting.set(record.requestId, fate.record.due);
    } else events.delete(record.requestId);
    if (fate.kind === "dropped") log.warn("an asynchronous event was dropped", { requestId: record.requestId, function: record.functionKey, reason: fate.reason });
  };
  const pump = (): void => {
    if (stopped) return;
    const now = clock.service();
    for (const [id, due] of waiting) {
      if (active.size >= MAX_PARALLEL) break;
      if (due > now) continue;
      waiting.delete(id);
      const record = events.get(id);
      if (record === undefined) continue;
      // The store failed (a full disk): the event is still in it, and taken up by the next start.
      const failed = (error: unknown): void => log.error("an event's end could not be stored", { requestId: id, cause: String(error) });
      const run = process(record).catch(failed).finally(() => {
        active.delete(run);
        pump();
      });
      active.add(run);
    }
    if (waiting.size > 0) ticking ??= clock.every(TICK, pump);
    else {
      ticking?.cancel();
      ticking = undefined;
    }
  };
  return {
    accept(record) {
      events.put(record.requestId, record);
      waiting.set(record.requestId, record.due);
      setImmediate(pump);
    },
    start() {
      for (const { requestId, due } of events.values()) waiting.set(requestId, due);
      pump();
    },
    async stop() {
      stopped = true;
      ticking?.cancel();
      await Promise.all(active);
    },
  };
}
