import { operations } from "../../wire/service.ts";
import type { Forward } from "./invocation/forward.ts";

/** An instance that can be asked, as the router sees it. */
export interface RoutableInstance {
  readonly address: string;
  readonly port: number;
  outstanding: number;
  answered: number;
  /** When it last broke off in the middle of a request, by the monotonic clock: it may be dying, and nobody has noticed yet. */
  brokeOffAt?: number;
}

/** An endpoint that exists, as invocations see it. */
export interface RoutableEndpoint {
  readonly name: string;
  readonly variant: string;
  readonly routing: "RANDOM" | "LEAST_OUTSTANDING_REQUESTS";
  /** Those that serve now; none while the endpoint starts again after a server restart, or while the last one is replaced. */
  instances(): readonly RoutableInstance[];
}

/** SageMaker's endpoints, as `cloud/` shows them to this service. Undefined for one that does not serve. */
export interface EndpointDirectory {
  find(place: { readonly account: string; readonly region: string }, name: string): RoutableEndpoint | undefined;
}

export interface SageMakerRuntimeState {
  readonly directory: EndpointDirectory;
  readonly forward: Forward;
}

export const operation = operations<typeof import("@aws-sdk/client-sagemaker-runtime"), SageMakerRuntimeState>();
