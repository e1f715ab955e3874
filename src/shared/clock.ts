import { setTimeout as delay } from "node:timers/promises";
import { instant, type Instant, type Milliseconds } from "../base/instant.ts";

/** A started timer. `cancel` is safe to call twice. */
export interface Timer {
  cancel(): void;
}

/**
 * The only reader of time. `now` is wall time (signatures, dates, durations, logs); `service` is service time
 * (cooldowns, periods, schedules), which `--time-scale` can make run faster.
 */
export interface Clock {
  now(): Instant;
  service(): Instant;
  /** Milliseconds of a steady counter, for measuring durations. */
  monotonic(): Milliseconds;
  /** Resolves after the wall-time duration; rejects with the signal's reason when aborted. */
  sleep(duration: Milliseconds, signal?: AbortSignal): Promise<void>;
  /** Calls back once after the wall-time duration; does not keep the process alive. */
  after(duration: Milliseconds, callback: () => void): Timer;
  /** Calls back again and again; does not keep the process alive. */
  every(period: Milliseconds, callback: () => void): Timer;
}

/** Node's: 2^31 - 1 milliseconds, not quite 25 days. */
const LONGEST_TIMEOUT: Milliseconds = 0x7fffffff;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  service: () => instant(Date.now()),
  monotonic: () => performance.now(),
  sleep: async (duration, signal) => {
    await delay(duration, undefined, signal ? { signal } : {});
  },
  after: (duration, callback) => {
    // A longer timeout fires at once: it is counted down in pieces. A job may run for 28 days.
    let timer: NodeJS.Timeout;
    const arm = (left: Milliseconds): void => {
      timer = setTimeout(() => (left > LONGEST_TIMEOUT ? arm(left - LONGEST_TIMEOUT) : callback()), Math.min(left, LONGEST_TIMEOUT));
      timer.unref();
    };
    arm(duration);
    return { cancel: () => clearTimeout(timer) };
  },
  every: (period, callback) => {
    const timer = setInterval(callback, period);
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
};

/** A clock that runs with the machine's and can be pushed forward: `advance` fires what became due. */
export interface AdjustableClock extends Clock {
  advance(duration: Milliseconds): void;
}

interface Pending {
  due: number;
  readonly period: Milliseconds | undefined;
  readonly callback: () => void;
}

/** For tests: real processes go on in real time while waits, expiries and limits can be skipped over. */
export function createAdjustableClock(): AdjustableClock {
  let offset = 0;
  const pending = new Set<Pending>();
  const now = (): number => Date.now() + offset;
  const fireDue = (): void => {
    for (const entry of [...pending].sort((a, b) => a.due - b.due)) {
      if (entry.due > now() || !pending.has(entry)) continue;
      if (entry.period === undefined) pending.delete(entry);
      else entry.due = now() + entry.period;
      entry.callback();
    }
  };
  const add = (duration: Milliseconds, period: Milliseconds | undefined, callback: () => void): Timer => {
    const entry: Pending = { due: now() + duration, period, callback };
    pending.add(entry);
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      timer = setTimeout(() => {
        fireDue();
        if (pending.has(entry)) arm();
      }, Math.max(0, Math.min(entry.due - now(), LONGEST_TIMEOUT)));
      timer.unref();
    };
    arm();
    return {
      cancel: () => {
        pending.delete(entry);
        clearTimeout(timer);
      },
    };
  };
  return {
    now: () => instant(now()),
    service: () => instant(now()),
    monotonic: () => performance.now() + offset,
    sleep: (duration, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const timer = add(duration, undefined, resolve);
        // A sleeper keeps the process alive as the machine's own clock does; only timers are unreferenced.
        signal?.addEventListener("abort", () => {
          timer.cancel();
          reject(signal.reason as Error);
        }, { once: true });
      }),
    after: (duration, callback) => add(duration, undefined, callback),
    every: (period, callback) => add(period, period, callback),
    advance: (duration) => {
      offset += duration;
      fireDue();
    },
  };
}
