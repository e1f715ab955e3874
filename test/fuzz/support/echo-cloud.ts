import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "../../../src/cloud/listen.ts";
import { SERVICES } from "../../../src/services/registry.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import type { Log } from "../../../src/shared/log.ts";
import { systemRandom } from "../../../src/shared/random.ts";
import { arrive, handleRequest, type Listener } from "../../../src/wire/pipeline.ts";
import { rootPrincipal } from "../../../src/wire/principal.ts";
import { createRegistry, type LoadedService, type ServiceRegistry } from "../../../src/wire/registry.ts";
import { readModel } from "../../../src/wire/model.ts";
import type { ServiceId } from "../../../src/wire/service.ts";

export const KEY = { accessKeyId: "AKIAFUZZ", secretAccessKey: "fuzz" };

/** What an echo's operation was given, and answers. */
export type Echo = (service: ServiceId, operation: string, input: unknown) => unknown;

/** The real pipeline and codecs, with a handler for every operation there is: it hands over what arrived. */
export interface EchoCloud extends AsyncDisposable {
  readonly endpoint: string;
  readonly services: readonly LoadedService[];
  /** What the pipeline wrote to its log: failures of its own. */
  readonly failures: string[];
}

export async function startEchoCloud(echo: Echo, { validate }: { readonly validate: boolean }): Promise<EchoCloud> {
  const folder = mkdtempSync(join(tmpdir(), "sagebrush-echo-"));
  const registered = await Promise.all(SERVICES.map(async ({ id, loadSdk }) => {
    const operations = [...readModel(id, await loadSdk()).operations.keys()].map((name) => ({
      name, authorize: () => [], handle: (input: unknown) => echo(id, name, input),
    }));
    return { id, loadSdk, running: { state: {}, operations, stop: () => Promise.resolve() } };
  }));
  const real = createRegistry(registered);
  const services = await Promise.all(SERVICES.map(async ({ id }) => {
    const loaded = await real.load(id);
    // Made values keep to the schemas, not to the constraints.
    return validate ? loaded : { ...loaded, constraints: { ...loaded.constraints, input: () => undefined } };
  }));
  const byId = new Map(services.map((service) => [service.id, service]));
  const registry: ServiceRegistry = {
    has: (id) => byId.has(id),
    load: (id) => byId.get(id) ?? real.load(id),
  };
  const failures: string[] = [];
  const log: Log = { info: () => undefined, warn: () => undefined, error: (message, facts) => void failures.push(`${message} ${JSON.stringify(facts)}`) };
  const listener: Listener = {
    registry, log, clock: systemClock, random: systemRandom, authorizer: { authorize: () => undefined },
    call: () => Promise.reject(new Error("an echo calls nobody")),
    credentials: { find: (accessKeyId) => (accessKeyId === KEY.accessKeyId ? { ...KEY, principal: rootPrincipal("000000000000") } : undefined) },
    account: "000000000000", region: "us-east-1", admit: () => undefined, admitPrincipal: () => undefined,
  };
  const listening = await listen((message, response) => handleRequest(listener, { message, response, arrived: arrive(message) }), { host: "127.0.0.1", port: 0, log });
  return {
    endpoint: `http://127.0.0.1:${listening.port}`, services, failures,
    [Symbol.asyncDispose]: async () => {
      await listening.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
