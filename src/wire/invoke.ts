import type { Clock } from "../shared/clock.ts";
import { uuid } from "../shared/ids.ts";
import type { Log } from "../shared/log.ts";
import type { Random } from "../shared/random.ts";
import type { Authorizer } from "./access.ts";
import { circumstances } from "./context.ts";
import { wireErrors } from "./errors.ts";
import type { Principal } from "./principal.ts";
import type { LoadedService, ServiceRegistry } from "./registry.ts";
import type { HttpFacts, Operation, ServiceCaller } from "./service.ts";
import { validateOperation } from "./validate.ts";

/** What every request shares. */
export interface Surroundings {
  readonly registry: ServiceRegistry;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly call: ServiceCaller;
}

/** Who calls what, from where. */
export interface Invocation {
  readonly service: LoadedService;
  readonly operationName: string;
  readonly requestId: string;
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  readonly http: HttpFacts | undefined;
  /** The service that calls with the principal's permissions, if one does. */
  readonly via?: string | undefined;
  /** Gives the signal that is aborted when the client goes away. */
  readonly signal: () => AbortSignal;
  /** Called between authorization and the handler: the moment to ask for a body that is still to come. */
  readonly beforeHandling?: () => void;
}

/**
 * The stages that calls over HTTP and calls between services share: known → validated → authorized → handled. Throws what
 * the client is to see.
 */
export async function invoke(surroundings: Surroundings, invocation: Invocation, input: unknown): Promise<Readonly<Record<string, unknown>>> {
  const { service, operationName } = invocation;
  const operation = requireOperation(service, operationName);
  validateOperation(service, operationName, input);
  const context = service.makeContext(surroundings, invocation);
  surroundings.authorizer.authorize(invocation.principal, operation.authorize(input, context), circumstances(invocation));
  invocation.beforeHandling?.();
  const output = await operation.handle(input, context);
  return (output ?? {}) as Readonly<Record<string, unknown>>;
}

/** The handler of an operation, or the refusal that names it. */
export function requireOperation(service: LoadedService, name: string): Operation<object> {
  const operation = service.operations.get(name);
  if (operation) return operation;
  if (service.model.operations.has(name)) throw wireErrors.notImplemented(service.id, name);
  throw service.identity.protocol === "awsQuery" ? wireErrors.invalidAction(name, service.identity.version ?? "") : wireErrors.unknownOperation();
}

/** Calls between services: in-process, as a principal, through the same stages. */
export function createCaller(surroundings: Omit<Surroundings, "call">, region: string): ServiceCaller {
  const call: ServiceCaller = async (service, operation, input, as) => {
    const invocation: Invocation = {
      service: await surroundings.registry.load(service),
      operationName: operation,
      requestId: uuid(surroundings.random),
      account: as.principal.account,
      region: as.region ?? region,
      principal: as.principal,
      http: undefined,
      via: as.via,
      signal: () => as.signal ?? new AbortController().signal,
    };
    return (await invoke({ ...surroundings, call }, invocation, input)) as never;
  };
  return call;
}
