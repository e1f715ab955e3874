import type { ServiceDefinition } from "../../wire/service.ts";
import type { ExampleState } from "./context.ts";
import { queries } from "./migrations/0001-queries.ts";
import { deleteQueryDefinition } from "./query/delete.ts";
import { describeQueryDefinitions } from "./query/describe.ts";
import { putQueryDefinition } from "./query/put.ts";
import type { QueryRecord } from "./query/query.ts";

/** Saved queries, to copy from. A service with ports of its own (machines, a directory) names them as the second type. */
export const example: ServiceDefinition<ExampleState> = {
  id: "logs",
  loadSdk: () => import("@aws-sdk/client-cloudwatch-logs"),
  migrations: [queries],
  start: ({ store }) => ({
    state: { queries: store.collection<QueryRecord>("example_queries") },
    operations: [putQueryDefinition, describeQueryDefinitions, deleteQueryDefinition],
    // `ready` would take up what a crash left unfinished; nothing here runs between requests.
    stop: async () => undefined,
  }),
};
