import type { Principal } from "./principal.ts";
import type { AccessCircumstances } from "./access.ts";
import type { Invocation, Surroundings } from "./invoke.ts";
import type { HttpFacts, RequestContext, ServiceContext } from "./service.ts";

export type MakeContext = (surroundings: Surroundings, invocation: Invocation) => ServiceContext<object>;

/**
 * Makes the contexts of one service's requests. The service's state is their prototype: handlers read the request's facts
 * and the state from one object, and nothing is copied per request. What few handlers ask for is made when asked for.
 */
export function contextMaker(state: object): MakeContext {
  class Context implements RequestContext {
    readonly requestId: string;
    readonly operation: string;
    readonly account: string;
    readonly region: string;
    readonly principal: Principal;
    readonly clock: Surroundings["clock"];
    readonly random: Surroundings["random"];
    readonly log: Surroundings["log"];
    readonly call: Surroundings["call"];
    readonly http: HttpFacts | undefined;
    readonly #surroundings: Surroundings;
    readonly #invocation: Invocation;

    constructor(surroundings: Surroundings, invocation: Invocation) {
      this.requestId = invocation.requestId;
      this.operation = invocation.operationName;
      this.account = invocation.account;
      this.region = invocation.region;
      this.principal = invocation.principal;
      this.clock = surroundings.clock;
      this.random = surroundings.random;
      this.log = surroundings.log;
      this.call = surroundings.call;
      this.http = invocation.http;
      this.#surroundings = surroundings;
      this.#invocation = invocation;
    }

    get signal(): AbortSignal {
      return this.#invocation.signal();
    }

    get authorize(): RequestContext["authorize"] {
      return (requests) => this.#surroundings.authorizer.authorize(this.principal, requests, circumstances(this.#invocation));
    }
  }
  Object.setPrototypeOf(Context.prototype, state);
  return (surroundings, invocation) => new Context(surroundings, invocation);
}

/** What the authorizer knows of a request beside the question. */
export const circumstances = ({ service, operationName, region, requestId, http, via }: Invocation): AccessCircumstances => ({
  service: service.id, operation: operationName, region, requestId,
  sourceIp: http?.sourceIp ?? "127.0.0.1",
  secureTransport: false,
  userAgent: http?.headers["user-agent"] ?? "",
  viaService: via !== undefined,
  calledVia: via === undefined ? undefined : [via],
});
