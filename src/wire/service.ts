import type { Clock } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";
import type { Random } from "../shared/random.ts";
import type { Migration, Store } from "../store/index.ts";
import type { AccessRequest } from "./access.ts";
import type { Credentials, Principal } from "./principal.ts";

/** Facts of the HTTP request for the few operations that need more than their input. Absent in calls between services. */
export interface HttpFacts {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string;
}

/** What every handler is given beside its input. Services add their own state to it (`ServiceContext`). */
export interface RequestContext {
  readonly requestId: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Calls another service as somebody: the same pipeline from validation on, authorization included. */
  readonly call: ServiceCaller;
  /**
   * Asks IAM further questions for the caller in the middle of an operation, where the answer decides about one item of
   * many (DeleteObjects). Throws AccessDenied as the pipeline does.
   */
  readonly authorize: (requests: readonly AccessRequest[]) => void;
  readonly http: HttpFacts | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** A handler's context: the request's facts over the service's own state (typed stores, supervisors). */
export type ServiceContext<State extends object> = RequestContext & Readonly<State>;

/** The SDK modules behind the services, by the id used in `call`. Types only: modules load when first needed. */
export interface SdkModules {
  readonly s3: typeof import("@aws-sdk/client-s3");
  readonly sts: typeof import("@aws-sdk/client-sts");
  readonly iam: typeof import("@aws-sdk/client-iam");
  readonly sagemaker: typeof import("@aws-sdk/client-sagemaker");
  readonly "sagemaker-runtime": typeof import("@aws-sdk/client-sagemaker-runtime");
  readonly lambda: typeof import("@aws-sdk/client-lambda");
  readonly logs: typeof import("@aws-sdk/client-cloudwatch-logs");
}
export type ServiceId = keyof SdkModules;

/** Names of a module's operations: its `<Name>Command` classes. */
export type OperationName<M> = keyof { [K in keyof M as K extends `${infer N}Command` ? N : never]: true } & string;

type CommandOf<M, N extends string> = `${N}Command` extends keyof M ? M[`${N}Command`] : never;
type InstanceOf<C> = C extends abstract new (...args: never) => infer I ? I : never;
export type OperationInput<M, N extends string> = InstanceOf<CommandOf<M, N>> extends { input: infer I } ? I : never;
type Resolved<C> = C extends { resolveMiddleware(...args: never): (...args: never) => Promise<{ output: infer O }> } ? O : never;
/** What a handler returns: the SDK's output without the client's own metadata. */
export type OperationOutput<M, N extends string> = Omit<Resolved<InstanceOf<CommandOf<M, N>>>, "$metadata">;

/** Calls an operation of another service in-process. Throws the operation's `ServiceError` as a client would see it. */
export type ServiceCaller = <S extends ServiceId, N extends OperationName<SdkModules[S]>>(
  service: S,
  operation: N,
  input: OperationInput<SdkModules[S], N>,
  as: {
    readonly principal: Principal; readonly region?: string; readonly signal?: AbortSignal;
    /** The service that calls on the principal's behalf with the principal's permissions: `cloudformation.amazonaws.com`. */
    readonly via?: string;
  },
) => Promise<OperationOutput<SdkModules[S], N>>;

/** One operation of a service: what it asks of IAM, and what it does. */
export interface Operation<State extends object> {
  readonly name: string;
  readonly authorize: (input: unknown, context: ServiceContext<State>) => readonly AccessRequest[];
  readonly handle: (input: unknown, context: ServiceContext<State>) => unknown;
}

interface OperationParts<I, O, State extends object> {
  /**
   * The questions IAM must answer with yes before `handle` runs. Called on validated input. An empty list means that
   * AWS asks nothing either (GetCallerIdentity).
   */
  readonly authorize: (input: I, context: ServiceContext<State>) => readonly AccessRequest[];
  readonly handle: (input: I, context: ServiceContext<State>) => O | Promise<O>;
}

/**
 * Makes a service's `operation` function, typed by the SDK's own command types:
 * `export const operation = operations<typeof import("@aws-sdk/client-lambda"), LambdaState>();`
 */
export const operations = <M, State extends object>() =>
  <N extends OperationName<M>>(
    name: N,
    parts: OperationParts<OperationInput<M, N>, OperationOutput<M, N>, State>,
  ): Operation<State> => ({ name, ...parts }) as unknown as Operation<State>;

/** What a service gets when it starts. */
export interface ServiceDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly call: ServiceCaller;
  /** The account and region that requests without their own belong to. */
  readonly account: string;
  readonly region: string;
  /**
   * Assumes an execution role as a service does: the role's trust policy decides. Session credentials and the principal
   * to `call` with. Throws STS's own AccessDenied when the trust refuses.
   */
  readonly assumeRole: (request: AssumeRoleForService) => Promise<Required<Omit<Credentials, "principal">> & { readonly principal: Principal }>;
  /** Where machines reach the cloud: the listener that accepts session credentials only. Known once listening. */
  readonly machineEndpoint: () => string;
  /** Where people reach the cloud, e.g. `http://127.0.0.1:4566`. Known once listening. */
  readonly publicEndpoint: () => string;
}

export interface AssumeRoleForService {
  readonly roleArn: string;
  readonly sessionName: string;
  /** e.g. `sagemaker.amazonaws.com` */
  readonly service: string;
  readonly durationSeconds?: number;
  /** The resource the service acts for (`aws:SourceArn` in the trust policy), e.g. the training job's ARN. */
  readonly sourceArn?: string;
}

/** A service that has started. */
export interface RunningService<State extends object> {
  readonly state: State;
  /** A function where there are many: they load with the first request, not at the start. */
  readonly operations: readonly Operation<State>[] | (() => Promise<readonly Operation<State>[]>);
  /** Reconciles after a crash and starts background work, once every service is there and the listeners are up. */
  ready?(): Promise<void>;
  /** Ends background work; every process it started is gone when this resolves. */
  stop(): Promise<void>;
}

/** A service as the registry lists it. `Extra` are the ports of its own that `cloud/` must supply (machines, …). */
export interface ServiceDefinition<State extends object, Extra extends object = object> {
  readonly id: ServiceId;
  readonly loadSdk: () => Promise<object>;
  readonly migrations: readonly Migration[];
  start(dependencies: ServiceDependencies & Extra): Promise<RunningService<State>> | RunningService<State>;
}
