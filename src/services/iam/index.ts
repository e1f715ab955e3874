import type { ServiceDefinition } from "../../wire/service.ts";
import { openState, type IamState } from "./context.ts";
import { iamTables } from "./migrations/0001-iam.ts";

export type { IamState } from "./context.ts";
export { createDirectory, type IamDirectory, type IdentityPolicies, type NamedDocument } from "./directory.ts";

export const iam: ServiceDefinition<IamState> = {
  id: "iam",
  loadSdk: () => import("@aws-sdk/client-iam"),
  migrations: [iamTables],
  start: ({ store }) => ({
    state: openState(store),
    operations: async () => (await import("./operations.ts")).iamOperations,
    stop: async () => undefined,
  }),
};
