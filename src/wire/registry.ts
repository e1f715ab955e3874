import type { Codec } from "./codecs/codec.ts";
import { loadConstraints, type ConstraintTable } from "./constraints/index.ts";
import { contextMaker, type MakeContext } from "./context.ts";
import type { ServiceModel } from "./model.ts";
import { createRouter, type RouteMatch, type RouteRequest } from "./routes.ts";
import type { Operation, RunningService, ServiceId } from "./service.ts";
import { SERVICE_IDENTITIES, type ServiceIdentity } from "./service-table.ts";

/** A service whose schemas are in memory. */
export interface LoadedService {
  readonly id: ServiceId;
  readonly identity: ServiceIdentity;
  readonly model: ServiceModel;
  /** What its inputs may be: the limits that the SDK's schemas leave out. */
  readonly constraints: ConstraintTable;
  readonly codec: Codec;
  readonly route: (request: RouteRequest) => RouteMatch | undefined;
  readonly operations: ReadonlyMap<string, Operation<object>>;
  readonly makeContext: MakeContext;
}

export interface RegisteredService {
  readonly id: ServiceId;
  readonly loadSdk: () => Promise<object>;
  readonly running: RunningService<object>;
}

/** Services by id; schemas are read when a service is first needed (the big ones cost tens of milliseconds). */
export interface ServiceRegistry {
  load(id: ServiceId): Promise<LoadedService> | LoadedService;
  has(id: ServiceId): boolean;
}

export function createRegistry(services: readonly RegisteredService[]): ServiceRegistry {
  const registered = new Map(services.map((service) => [service.id, service]));
  const loaded = new Map<ServiceId, LoadedService>();
  const loading = new Map<ServiceId, Promise<LoadedService>>();
  const begin = async (service: RegisteredService): Promise<LoadedService> => {
    const identity = SERVICE_IDENTITIES[service.id];
    // The SDK's protocols load with the first service: nobody has asked for anything at the start.
    const { operations: listed } = service.running;
    const [sdk, constraints, { createCodec }, { readModel }, operations] = await Promise.all([
      service.loadSdk(), loadConstraints(service.id), import("./codecs/codec.ts"), import("./model.ts"), typeof listed === "function" ? listed() : listed,
    ]);
    const model = readModel(service.id, sdk);
    const entry: LoadedService = {
      id: service.id, identity, model, constraints,
      codec: createCodec(identity, model),
      route: createRouter(model, service.id === "s3"),
      operations: new Map(operations.map((operation) => [operation.name, operation])),
      makeContext: contextMaker(service.running.state),
    };
    loaded.set(service.id, entry);
    return entry;
  };
  return {
    has: (id) => registered.has(id),
    load(id) {
      const ready = loaded.get(id);
      if (ready) return ready;
      const service = registered.get(id);
      if (!service) throw new Error(`service ${id} is not registered`);
      const pending = loading.get(id) ?? begin(service);
      loading.set(id, pending);
      return pending;
    },
  };
}
