import type { Interpreters } from "../../runtimes/functions/index.ts";
import type { Collection, Store } from "../../store/index.ts";
import { operations, type ServiceContext, type ServiceDependencies } from "../../wire/service.ts";
import type { CodeLocations } from "./code/location.ts";
import type { CodeStore } from "./code/store.ts";
import type { FunctionRecord } from "./function/function.ts";
import type { EventQueue } from "./invoke/event-queue.ts";
import type { Runner } from "./invoke/runner.ts";
import type { UrlRecord } from "./url/function-url.ts";

export interface LambdaState {
  /** By account/region/name. */
  readonly functions: Collection<FunctionRecord>;
  /** By URL id. */
  readonly urls: Collection<UrlRecord>;
  /** For what changes several records, or a record and a package: all or nothing, whenever the server dies. */
  readonly transaction: Store["transaction"];
  readonly code: CodeStore;
  readonly locations: CodeLocations;
  readonly runner: Runner;
  readonly events: EventQueue;
  readonly interpreters: Interpreters;
  readonly assumeRole: ServiceDependencies["assumeRole"];
  readonly publicEndpoint: () => string;
  /** With `--lenient`, settings that demand what is not there are logged instead of refused. */
  readonly lenient: boolean;
  /** Ends what changes a function after its operation has answered. */
  readonly background: Background;
}

/** Work that goes on after an answer was given, waited for when the service stops. */
export interface Background {
  run(what: string, work: () => Promise<void>): void;
  idle(): Promise<void>;
}

export type LambdaContext = ServiceContext<LambdaState>;

export const operation = operations<typeof import("@aws-sdk/client-lambda"), LambdaState>();
