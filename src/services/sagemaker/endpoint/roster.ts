import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { watchHealth } from "./health.ts";
import type { Instance } from "./instance.ts";

/** The instances that serve each endpoint now; one that ends by itself or stays deaf is replaced. */
export interface Roster {
  of(key: string): readonly Instance[];
  /** Whether the endpoint has a fleet, though all of it may be being replaced. */
  has(key: string): boolean;
  /** New instances take over at once; the old ones end when they have answered what they were asked. */
  put(key: string, instances: readonly Instance[]): void;
  /** Ends an endpoint's instances. */
  clear(key: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RosterParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Starts one more instance of what the endpoint serves. */
  readonly start: (key: string, signal: AbortSignal) => Promise<Instance>;
}

/** SIGKILL follows SIGTERM after this on AWS: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html */
const STOP_GRACE: Milliseconds = 30 * SECOND;
/** When the whole server ends nobody waits for a container that ignores SIGTERM. */
const SHUTDOWN_GRACE: Milliseconds = SECOND;
/** A request may take 60 s; an old instance that still has some after this is ended. */
const DRAIN_LIMIT: Milliseconds = 65 * SECOND;
const DRAIN_LOOK: Milliseconds = 20;
/** Pause before an instance that died is replaced; doubles with each death in a row, forgotten after a long life. */
const REPLACE_DELAY: Milliseconds = SECOND;
const REPLACE_DELAY_MAX: Milliseconds = 60 * SECOND;

/** What serves one endpoint until an update or its end: replacements belong to one fleet and end with it. */
interface Fleet {
  instances: readonly Instance[];
  readonly over: AbortController;
}

export function createRoster({ clock, log, start }: RosterParts): Roster {
  const fleets = new Map<string, Fleet>();
  const retiring = new Set<Promise<void>>();
  const stopping = new AbortController();
  /** Never rejects: what could not be ended is ended at the next start of the server. */
  const end = (instance: Instance, grace: Milliseconds): Promise<void> =>
    instance.stop(grace).catch((error: unknown) => log.error("an endpoint's instance could not be ended", { instance: instance.id, cause: (error as Error).message }));

  function watch(key: string, fleet: Fleet, { instance, delay }: { readonly instance: Instance; readonly delay: Milliseconds }): void {
    const began = clock.monotonic();
    const lose = async (why: string, grace: Milliseconds): Promise<void> => {
      if (!fleet.instances.includes(instance)) return;
      fleet.instances = fleet.instances.filter((each) => each !== instance);
      log.warn("an endpoint's instance is replaced", { endpoint: key, instance: instance.id, why });
      await end(instance, grace);
      await replace(key, fleet, clock.monotonic() - began > REPLACE_DELAY_MAX ? REPLACE_DELAY : delay);
    };
    const health = watchHealth(clock, instance, () => void lose("it answers neither pings nor requests", STOP_GRACE));
    void instance.exited.then((lastWords) => {
      health.cancel();
      return lose(lastWords, 0);
    });
  }

  async function replace(key: string, fleet: Fleet, delay: Milliseconds): Promise<void> {
    const slower = Math.min(delay * 2, REPLACE_DELAY_MAX);
    try {
      await clock.sleep(delay, fleet.over.signal);
      const instance = await start(key, fleet.over.signal);
      if (fleet.over.signal.aborted) return await end(instance, STOP_GRACE);
      fleet.instances = [...fleet.instances, instance];
      watch(key, fleet, { instance, delay: slower });
    } catch (error) {
      if (fleet.over.signal.aborted) return;
      log.warn("an endpoint's instance could not be replaced", { endpoint: key, cause: (error as Error).message });
      await replace(key, fleet, slower);
    }
  }

  /** Lets an instance answer what it was asked, then ends it. */
  async function retire(instance: Instance): Promise<void> {
    const deadline = clock.monotonic() + DRAIN_LIMIT;
    while (instance.outstanding > 0 && clock.monotonic() < deadline && !stopping.signal.aborted) {
      await clock.sleep(DRAIN_LOOK, stopping.signal).catch(() => undefined);
    }
    await end(instance, stopping.signal.aborted ? SHUTDOWN_GRACE : STOP_GRACE);
  }

  function take(key: string): readonly Instance[] {
    const fleet = fleets.get(key);
    fleets.delete(key);
    fleet?.over.abort(new Error("the fleet is over"));
    const instances = fleet?.instances ?? [];
    if (fleet) fleet.instances = [];
    return instances;
  }

  return {
    of: (key) => fleets.get(key)?.instances ?? [],
    has: (key) => fleets.has(key),
    put(key, instances) {
      const old = take(key);
      const fleet: Fleet = { instances, over: new AbortController() };
      fleets.set(key, fleet);
      for (const instance of instances) watch(key, fleet, { instance, delay: REPLACE_DELAY });
      for (const retired of old.map(retire)) {
        retiring.add(retired);
        void retired.finally(() => retiring.delete(retired));
      }
    },
    clear: async (key) => void (await Promise.all(take(key).map((instance) => end(instance, STOP_GRACE)))),
    async stop() {
      stopping.abort(new Error("the server stops"));
      const all = [...fleets.keys()].flatMap((key) => take(key));
      await Promise.all([...all.map((instance) => end(instance, SHUTDOWN_GRACE)), ...retiring]);
    },
  };
}
