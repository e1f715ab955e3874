import { findInterpreters } from "../runtimes/functions/index.ts";
import { createDirectory, iam } from "../services/iam/index.ts";
import { lambda, type LambdaState } from "../services/lambda/index.ts";
import { logs } from "../services/logs/index.ts";
import { s3, type S3State } from "../services/s3/index.ts";
import { METRIC_DEFINITIONS } from "../algorithms/image-classification/contract.ts";
import { parseQuotas } from "../catalogue/quotas.ts";
import { parseSpotMarket } from "../decide/training/index.ts";
import { parsePythons } from "../runtimes/named-pythons.ts";
import type { MachineHost } from "../machines/index.ts";
import { sagemaker, type SageMakerState } from "../services/sagemaker/index.ts";
import { sagemakerRuntime } from "../services/sagemaker-runtime/index.ts";
import { sts } from "../services/sts/index.ts";
import { createCaller, type Surroundings } from "../wire/invoke.ts";
import type { CredentialSource } from "../wire/principal.ts";
import { createRegistry, type RegisteredService, type ServiceRegistry } from "../wire/registry.ts";
import type { RunningService, ServiceCaller, ServiceDefinition, ServiceDependencies } from "../wire/service.ts";
import { createAssumeRole } from "./assume-role.ts";
import { createAuthorizer, type AccessDecided } from "./authorizer.ts";
import { endpointDirectory } from "./endpoint-directory.ts";
import { createCredentialSource, type RootKeys } from "./credentials.ts";

/** Of the programs that run inside machines the server reads only what they promise. */
const ALGORITHMS = { "image-classification": { metricDefinitions: METRIC_DEFINITIONS.map(({ Name, Regex }) => ({ name: Name, regex: Regex })) } } as const;

/** The services, started and wired to one another. */
export interface Composition {
  readonly surroundings: Surroundings;
  readonly credentials: CredentialSource;
  /** For requests to function URLs, which are no operations. */
  readonly lambda: LambdaState;
  readonly s3: S3State;
  /** For what people ask of this cloud beside AWS's operations. */
  readonly sagemaker: SageMakerState;
  ready(): Promise<void>;
  stop(): Promise<void>;
}

export interface ComposeOptions extends Omit<ServiceDependencies, "call" | "assumeRole"> {
  readonly rootKeys: readonly RootKeys[];
  readonly machines: MachineHost;
  readonly observeAccess?: ((decided: AccessDecided) => void) | undefined;
  readonly lenient: boolean;
  readonly quotas: string;
  readonly spot: string;
  readonly python: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts every service in order and gives each the ports of others that it needs. Services never import one another: what
 * crosses between them is visible here, or goes through `call`.
 */
export async function compose(options: ComposeOptions): Promise<Composition> {
  const late = lateBinding();
  const dependencies: ServiceDependencies = { ...options, call: late.call, assumeRole: (request) => late.assumeRole(request) };
  const started: RegisteredService[] = [];
  const start = async <State extends object, Extra extends object>(definition: ServiceDefinition<State, Extra>, extra: Extra): Promise<RunningService<State>> => {
    const running = await definition.start({ ...dependencies, ...extra });
    started.push({ id: definition.id, loadSdk: definition.loadSdk, running: running as unknown as RunningService<object> });
    return running;
  };

  const directory = createDirectory((await start(iam, {})).state);
  const { sessions } = (await start(sts, { roles: directory })).state;
  const credentials = createCredentialSource({ root: options.rootKeys, users: directory, sessions });
  const authorizer = createAuthorizer({ iam: directory, clock: options.clock, observe: options.observeAccess });
  await start(logs, {});
  const { machines, lenient, environment } = options;
  const storage = await start(s3, {
    principals: { idOf: (arn) => directory.findUser(arn)?.userId ?? directory.findRole(arn)?.roleId, revision: () => directory.revision() }, lenient,
  });
  const quotas = parseQuotas(options.quotas);
  if (quotas === undefined) throw new Error(`quotas that cannot be read: ${options.quotas}`);
  const spotMarket = parseSpotMarket(options.spot);
  if (spotMarket === undefined) throw new Error(`a spot market that cannot be read: ${options.spot}`);
  const pythons = parsePythons(options.python);
  if (pythons === undefined) throw new Error(`Pythons that cannot be read: ${options.python}`);
  const training = await start(sagemaker, { machines, lenient, quotas, spotMarket, environment, pythons, algorithms: ALGORITHMS });
  await start(sagemakerRuntime, { directory: endpointDirectory(training.state) });
  const functions = await start(lambda, { machines, lenient, interpreters: findInterpreters() });

  const registry: ServiceRegistry = createRegistry(started);
  const shared = { registry, authorizer, clock: options.clock, random: options.random, log: options.log };
  const call = createCaller(shared, options.region);
  late.bind(call, createAssumeRole({ call, credentials, account: options.account }));
  return {
    surroundings: { ...shared, call },
    credentials,
    lambda: functions.state,
    s3: storage.state,
    sagemaker: training.state,
    ready: async () => {
      for (const { running } of started) await running.ready?.();
    },
    stop: async () => {
      // The last started rests on the ones before it.
      for (const { running } of started.toReversed()) await running.stop();
    },
  };
}

/** Services get `call` before the registry that it needs can exist; nobody calls before all have started. */
function lateBinding(): { readonly call: ServiceCaller; assumeRole: ServiceDependencies["assumeRole"]; bind(call: ServiceCaller, assumeRole: ServiceDependencies["assumeRole"]): void } {
  let bound: { readonly call: ServiceCaller; readonly assumeRole: ServiceDependencies["assumeRole"] } | undefined;
  const required = (): NonNullable<typeof bound> => {
    if (!bound) throw new Error("a service called another before all had started");
    return bound;
  };
  return {
    call: (service, operation, input, as) => required().call(service, operation, input, as),
    assumeRole: (request) => required().assumeRole(request),
    bind: (call, assumeRole) => {
      bound = { call, assumeRole };
    },
  };
}
