import { SECOND, type Milliseconds } from "../../../base/instant.ts";
import { hexId } from "../../../shared/ids.ts";
import type { Random } from "../../../shared/random.ts";
import type { MachineHost } from "../../../machines/types.ts";
import type { Collection } from "../../../store/index.ts";
import type { ServiceDependencies } from "../../../wire/service.ts";
import { onlyVariant } from "../endpoint-config/endpoint-config.ts";
import type { TagStore } from "../tags/tags.ts";
import { transition, type Deployment, type EndpointEvent, type EndpointRecord } from "./endpoint.ts";
import { startInstance, type Instance } from "./instance.ts";
import type { FoundServing, ServingRuntimes } from "../../../runtimes/serving/index.ts";

/** The instances behind every endpoint, kept as many and as alive as the records say. */
export interface EndpointFleet {
  findRuntime(image: string): FoundServing;
  /** Brings up what the record asks for: Creating, Updating or SystemUpdating. */
  begin(key: string): void;
  /** Ends an endpoint's instances, then forgets its record. */
  remove(key: string): void;
  /** What serves now. */
  instances(key: string): readonly Instance[];
  /** Resolves when nothing is being brought up for the endpoint. */
  settled(key: string): Promise<void>;
  reconcile(): void;
  stop(): Promise<void>;
}

export interface FleetParts extends Pick<ServiceDependencies, "call" | "assumeRole" | "clock" | "log" | "machineEndpoint"> {
  readonly endpoints: Collection<EndpointRecord>;
  readonly tags: TagStore;
  readonly machines: MachineHost;
  readonly runtimes: ServingRuntimes;
  readonly random: Random;
}

/** Pause before an instance that died is replaced again; doubles with each death in a row. */
const REPLACE_DELAY: Milliseconds = SECOND;
const REPLACE_DELAY_MAX: Milliseconds = 60 * SECOND;

export function createFleet(parts: FleetParts): EndpointFleet {
  const serving = new Map<string, readonly Instance[]>();
  const work = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  const apply = (key: string, event: EndpointEvent): EndpointRecord | undefined =>
    parts.endpoints.update(key, (endpoint) => transition(endpoint, event, parts.clock.now()));

  const start = (endpoint: EndpointRecord, deployment: Deployment): Promise<Instance> =>
    startInstance(parts, { endpoint, deployment, id: `i-${hexId(parts.random, 17)}`, signal: stopping.signal });

  async function bringUp(key: string): Promise<void> {
    const endpoint = parts.endpoints.get(key);
    if (!endpoint) return;
    const deployment = endpoint.next ?? endpoint.deployment;
    const wanted = onlyVariant(deployment.config).InitialInstanceCount ?? 1;
    const results = await Promise.allSettled(Array.from({ length: wanted }, () => start(endpoint, deployment)));
    const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failure = results.find((result) => result.status === "rejected");
    if (failure || stopping.signal.aborted) {
      await Promise.all(started.map((instance) => instance.stop()));
      if (!stopping.signal.aborted && failure) fail(key, endpoint, failure.reason);
      return;
    }
    const before = serving.get(key) ?? [];
    serving.set(key, started);
    apply(key, { kind: "started" });
    for (const instance of started) watch(key, instance, REPLACE_DELAY);
    await Promise.all(before.map((instance) => instance.stop()));
  }

  function fail(key: string, endpoint: EndpointRecord, reason: unknown): void {
    const text = reason instanceof Error ? reason.message : String(reason);
    parts.log.warn("an endpoint's instances did not come up", { endpoint: endpoint.arn, reason: text });
    apply(key, { kind: "failed", reason: text });
    // An update that failed leaves the old fleet; after a server restart that fleet has to start again as well.
    const now = parts.endpoints.get(key);
    if (now?.status === "InService" && (serving.get(key) ?? []).length === 0) {
      apply(key, { kind: "server-restarted" });
      run(key, () => bringUp(key));
    }
  }

  /** An instance that ends by itself is replaced, as long as the endpoint is there. */
  function watch(key: string, instance: Instance, delay: Milliseconds): void {
    void instance.exited.then(async (lastWords) => {
      const present = serving.get(key) ?? [];
      if (!present.includes(instance)) return;
      serving.set(key, present.filter((each) => each !== instance));
      parts.log.warn("an endpoint's instance ended and is replaced", { endpoint: key, instance: instance.id, lastWords });
      await instance.stop();
      await replace(key, delay);
    });
  }

  async function replace(key: string, delay: Milliseconds): Promise<void> {
    await parts.clock.sleep(delay, stopping.signal).catch(() => undefined);
    const endpoint = parts.endpoints.get(key);
    if (stopping.signal.aborted || !endpoint || !serving.has(key)) return;
    const slower = Math.min(delay * 2, REPLACE_DELAY_MAX);
    try {
      const instance = await start(endpoint, endpoint.deployment);
      if (!serving.has(key)) return await instance.stop();
      serving.set(key, [...(serving.get(key) ?? []), instance]);
      watch(key, instance, slower);
    } catch (error) {
      if (stopping.signal.aborted) return;
      parts.log.warn("an endpoint's instance could not be replaced", { endpoint: endpoint.arn, cause: (error as Error).message });
      await replace(key, slower);
    }
  }

  async function takeDown(key: string): Promise<void> {
    const instances = serving.get(key) ?? [];
    serving.delete(key);
    await Promise.all(instances.map((instance) => instance.stop()));
    const endpoint = parts.endpoints.get(key);
    parts.endpoints.delete(key);
    if (endpoint) parts.tags.forget(endpoint.arn);
  }

  function run(key: string, job: () => Promise<void>): void {
    const next = (work.get(key) ?? Promise.resolve()).then(job).catch((error: unknown) =>
      parts.log.error("an endpoint's change could not be carried out", { endpoint: key, cause: (error as Error).stack }));
    work.set(key, next);
    void next.finally(() => {
      if (work.get(key) === next) work.delete(key);
    });
  }

  return {
    findRuntime: (image) => parts.runtimes.find(image),
    begin: (key) => run(key, () => bringUp(key)),
    remove: (key) => run(key, () => takeDown(key)),
    instances: (key) => serving.get(key) ?? [],
    settled: (key) => work.get(key) ?? Promise.resolve(),
    reconcile() {
      for (const [key, endpoint] of parts.endpoints.entries()) {
        if (endpoint.status === "Deleting") run(key, () => takeDown(key));
        else if (endpoint.status !== "Failed") {
          apply(key, { kind: "server-restarted" });
          run(key, () => bringUp(key));
        }
      }
    },
    async stop() {
      stopping.abort(new Error("the server stops"));
      await Promise.all(work.values());
      const all = [...serving.values()].flat();
      serving.clear();
      await Promise.all(all.map((instance) => instance.stop()));
    },
  };
}
