import type { Instant } from "../../../base/instant.ts";
import { arnOf, keyOf, type Place } from "../arns.ts";
import type { SageMakerState } from "../context.ts";
import type { EndpointConfigRecord } from "../endpoint-config/endpoint-config.ts";
import { errors } from "../errors.ts";
import type { ModelRecord } from "../model/model.ts";

export type EndpointStatus =
  | "Creating" // instances are starting for the first time
  | "Updating" // a new fleet is starting beside the one that serves
  | "SystemUpdating" // the server was restarted; what served is starting again
  | "InService"
  | "Deleting" // instances are ending
  | "Failed"; // never served; only DeleteEndpoint works

/** What an endpoint serves: the configuration and model as they were when it was made; deleting those changes nothing. */
export interface Deployment {
  readonly config: EndpointConfigRecord;
  readonly model: ModelRecord;
}

export interface EndpointRecord {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly status: EndpointStatus;
  /** Serving, or to be served when Creating. */
  readonly deployment: Deployment;
  /** The one that an update brings up. */
  readonly next?: Deployment;
  readonly failureReason?: string;
  readonly createdAt: Instant;
  readonly modifiedAt: Instant;
}

export type EndpointEvent =
  | { readonly kind: "started" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "rolled-back"; readonly reason: string }
  | { readonly kind: "update-requested"; readonly next: Deployment }
  | { readonly kind: "server-restarted" }
  | { readonly kind: "delete-requested" };

/** The record after an event. An event that the present state cannot have throws, naming both. */
export function transition(endpoint: EndpointRecord, event: EndpointEvent, now: Instant): EndpointRecord {
  const { next, failureReason: _old, ...kept } = endpoint;
  const to = (status: EndpointStatus, also: Partial<EndpointRecord> = {}): EndpointRecord => ({ ...kept, ...also, status, modifiedAt: now });
  const from = (...states: readonly EndpointStatus[]): void => {
    if (!states.includes(endpoint.status)) throw new Error(`endpoint ${endpoint.name} is ${endpoint.status}; ${event.kind} cannot happen to it`);
  };
  switch (event.kind) {
    case "started":
      from("Creating", "Updating", "SystemUpdating");
      // Coming back after a server restart is no change of the endpoint's own.
      return { ...to("InService", next && { deployment: next }), ...(endpoint.status === "SystemUpdating" && { modifiedAt: endpoint.modifiedAt }) };
    case "failed":
      from("Creating", "Updating", "SystemUpdating");
      return to("Failed", { failureReason: event.reason });
    case "rolled-back":
      from("Updating");
      return to("InService", { failureReason: event.reason });
    case "update-requested":
      from("InService");
      return to("Updating", { next: event.next });
    case "server-restarted":
      from("Creating", "InService", "Updating", "SystemUpdating");
      if (endpoint.status === "Creating" || next) return endpoint;
      return { ...to("SystemUpdating"), modifiedAt: endpoint.modifiedAt };
    case "delete-requested":
      from("InService", "Failed");
      return to("Deleting");
  }
}

/** The endpoint of this name; throws AWS's "could not find". */
export function requireEndpoint(state: Pick<SageMakerState, "endpoints"> & Place, name: string): EndpointRecord {
  const endpoint = state.endpoints.get(keyOf(state, name));
  if (!endpoint) throw errors.endpointNotFound(arnOf("endpoint", state, name));
  return endpoint;
}
