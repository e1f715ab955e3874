import type { Collection } from "../../store/index.ts";
import { operations, type ServiceContext } from "../../wire/service.ts";
import type { QueryRecord } from "./query/query.ts";

/** What the handlers of this service find in their context, beside the request's own facts. */
export interface ExampleState {
  /** By `account/region/id`. */
  readonly queries: Collection<QueryRecord>;
}
export type ExampleContext = ServiceContext<ExampleState>;

/** Makes an operation whose input and output are typed by the SDK's own command. */
export const operation = operations<typeof import("@aws-sdk/client-cloudwatch-logs"), ExampleState>();
