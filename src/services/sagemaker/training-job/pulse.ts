import { SECOND, type Instant } from "../../../base/instant.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import type { Collection } from "../../../store/index.ts";

/** So much of a run at most goes unbilled when the server is killed. */
const BEAT_EVERY = SECOND;
const KEY = "training";

export interface Beat {
  readonly at: Instant;
}

/** Keeps on disk until when jobs had their machines: what ran when the server was killed ran until its last beat, however much later it is started again. */
export interface Pulse {
  /** Beats from now on, as long as there is something that runs. */
  start(): void;
  /** A last beat. */
  stop(): void;
  /** Of the server before this one; undefined when none has run a job. */
  last(): Instant | undefined;
}

export function createPulse({ beats, clock, log, isBusy }: { readonly beats: Collection<Beat>; readonly clock: Clock; readonly log: Log; readonly isBusy: () => boolean }): Pulse {
  const before = beats.get(KEY)?.at;
  const beat = (): void => {
    if (!isBusy()) return;
    try {
      beats.put(KEY, { at: clock.now() });
    } catch (error) {
      log.warn("it could not be kept that training jobs run; they will be billed for less if the server is killed now", { cause: String(error) });
    }
  };
  let timer: { cancel(): void } | undefined;
  return {
    start: () => void (timer ??= clock.every(BEAT_EVERY, beat)),
    stop() {
      timer?.cancel();
      beat();
    },
    last: () => before,
  };
}
