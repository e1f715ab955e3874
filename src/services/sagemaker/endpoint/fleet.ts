import type { MachineHost } from "../../../machines/types.ts";
import type { FoundServing, ServingRuntimes } from "../../../runtimes/serving/index.ts";
import { hexId } from "../../../shared/ids.ts";
import type { Random } from "../../../shared/random.ts";
import type { Collection } from "../../../store/index.ts";
import type { ServiceDependencies } from "../../../wire/service.ts";
import { onlyVariant } from "../endpoint-config/endpoint-config.ts";
import { primaryContainer } from "../model/model.ts";
import type { TagStore } from "../tags/tags.ts";
import { transition, type Deployment, type EndpointEvent, type EndpointRecord } from "./endpoint.ts";
import { startFailure } from "./failure.ts";
import { startInstance, type Instance } from "./instance.ts";
import { createQueue } from "./queue.ts";
import { createRoster } from "./roster.ts";

/** The instances behind every endpoint, kept as many and as alive as the records say. */
export interface EndpointFleet {
  findRuntime(image: string): FoundServing;
  /** Brings up what the record asks for: Creating, Updating or SystemUpdating. */
  begin(key: string): void;
  /** Ends an endpoint's instances, then forgets its record. */
  remove(key: string): void;
  /** What serves now. */
  instances(key: string): readonly Instance[];
  /** Takes up what an earlier server left. */
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

/** What AWS says when the fault is its own. */
const OUR_FAULT = "Request to service failed. If failure persists after retry, contact customer support.";

export function createFleet(parts: FleetParts): EndpointFleet {
  const { endpoints, clock, log } = parts;
  const stopping = new AbortController();
  const start = (endpoint: EndpointRecord, deployment: Deployment, signal: AbortSignal): Promise<Instance> =>
    startInstance(parts, { endpoint, deployment, id: `i-${hexId(parts.random, 17)}`, signal });
  const roster = createRoster({
    clock, log,
    start: (key, signal) => {
      const endpoint = endpoints.get(key);
      if (!endpoint) throw new Error("the endpoint is gone");
      return start(endpoint, endpoint.deployment, AbortSignal.any([signal, stopping.signal]));
    },
  });
  const queue = createQueue((key, error) => log.error("an endpoint's change could not be carried out", { endpoint: key, cause: error.stack }));
  const apply = (key: string, event: EndpointEvent): void => void endpoints.update(key, (endpoint) => transition(endpoint, event, clock.now()));

  /** All instances of a deployment, or none: those that came up beside one that did not are ended. */
  async function startAll(endpoint: EndpointRecord, deployment: Deployment): Promise<readonly Instance[]> {
    const count = onlyVariant(deployment.config).InitialInstanceCount ?? 1;
    const results = await Promise.allSettled(Array.from({ length: count }, () => start(endpoint, deployment, stopping.signal)));
    const started = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failure = results.find((result) => result.status === "rejected");
    if (failure === undefined && !stopping.signal.aborted) return started;
    await Promise.all(started.map((instance) => instance.stop(0)));
    throw failure?.reason ?? stopping.signal.reason;
  }

  async function bringUp(key: string): Promise<void> {
    const endpoint = endpoints.get(key);
    if (!endpoint) return;
    // The server was restarted in the middle of an update: what served before comes back first.
    if (endpoint.next !== undefined && !roster.has(key)) await startAll(endpoint, endpoint.deployment).then((instances) => roster.put(key, instances), () => undefined);
    const deployment = endpoint.next ?? endpoint.deployment;
    try {
      const instances = await startAll(endpoint, deployment);
      roster.put(key, instances);
      apply(key, { kind: "started" });
    } catch (error) {
      if (!stopping.signal.aborted) fail(key, deployment, error);
    }
  }

  function fail(key: string, { config, model }: Deployment, error: unknown): void {
    const reason = startFailure(error, { variant: onlyVariant(config).VariantName ?? "", modelData: primaryContainer(model).ModelDataUrl });
    if (reason === undefined) log.error("an endpoint's instances could not be started", { endpoint: key, cause: (error as Error).stack });
    else log.warn("an endpoint's instances did not come up", { endpoint: key, reason });
    // An update that fails leaves what served before in service.
    apply(key, { kind: roster.has(key) ? "rolled-back" : "failed", reason: reason ?? OUR_FAULT });
  }

  async function takeDown(key: string): Promise<void> {
    await roster.clear(key);
    const endpoint = endpoints.get(key);
    endpoints.delete(key);
    if (endpoint) parts.tags.forget(endpoint.arn);
  }

  return {
    findRuntime: (image) => parts.runtimes.find(image),
    begin: (key) => queue.add(key, () => bringUp(key)),
    remove: (key) => queue.add(key, () => takeDown(key)),
    instances: (key) => roster.of(key),
    reconcile() {
      for (const [key, endpoint] of endpoints.entries()) {
        if (endpoint.status === "Deleting") queue.add(key, () => takeDown(key));
        else if (endpoint.status !== "Failed") {
          apply(key, { kind: "server-restarted" });
          queue.add(key, () => bringUp(key));
        }
      }
    },
    async stop() {
      stopping.abort(new Error("the server stops"));
      await queue.idle();
      await roster.stop();
    },
  };
}
