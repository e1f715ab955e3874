import type { MachineHost } from "../../machines/types.ts";
import type { Interpreters } from "../../runtimes/functions/index.ts";
import type { ServiceDefinition } from "../../wire/service.ts";
import { getAccountSettings } from "./account/get-settings.ts";
import { createBackground } from "./background.ts";
import { createCodeLocations } from "./code/location.ts";
import { openCodeStore } from "./code/store.ts";
import type { LambdaState } from "./context.ts";
import { getFunctionCodeSigningConfig, getFunctionConcurrency, listAliases, listVersionsByFunction } from "./function/absent.ts";
import { activate, createFunction } from "./function/create.ts";
import { deleteFunction } from "./function/delete.ts";
import type { FunctionRecord } from "./function/function.ts";
import { getFunctionConfiguration } from "./function/get-configuration.ts";
import { getFunction } from "./function/get.ts";
import { listFunctions } from "./function/list.ts";
import { finishUpdate, updateFunctionCode } from "./function/update-code.ts";
import { updateFunctionConfiguration } from "./function/update-configuration.ts";
import { createEventQueue, type EventRecord } from "./invoke/event-queue.ts";
import { invoke } from "./invoke/invoke.ts";
import { createRunner } from "./invoke/runner.ts";
import { functions } from "./migrations/0001-functions.ts";
import { unreferencedPackages } from "./migrations/0002-unreferenced.ts";
import { addPermission } from "./permission/add.ts";
import { getPolicy } from "./permission/get-policy.ts";
import { removePermission } from "./permission/remove.ts";
import { listTags, tagResource, untagResource } from "./tags/tags.ts";
import { createFunctionUrlConfig } from "./url/create.ts";
import { deleteFunctionUrlConfig } from "./url/delete.ts";
import type { UrlRecord } from "./url/function-url.ts";
import { getFunctionUrlConfig } from "./url/get.ts";
import { listFunctionUrlConfigs } from "./url/list.ts";
import { updateFunctionUrlConfig } from "./url/update.ts";

export { CODE_PATH } from "./code/location.ts";
export type { LambdaState } from "./context.ts";
export { parseUrlHost } from "./url/function-url.ts";
export { handleFunctionUrl, MAX_URL_BODY_BYTES, urlAllowsOrigin, type FunctionUrlPorts } from "./url/handle.ts";
export type { FunctionUrlRequest, FunctionUrlResponse } from "./url/payload.ts";

/** What `cloud/` supplies beside every service's dependencies. */
export interface LambdaPorts {
  readonly machines: MachineHost;
  readonly interpreters: Interpreters;
  readonly lenient: boolean;
}

export const lambda: ServiceDefinition<LambdaState, LambdaPorts> = {
  id: "lambda",
  loadSdk: () => import("@aws-sdk/client-lambda"),
  migrations: [functions, unreferencedPackages],
  start(parts) {
    const { store, clock, log, assumeRole, publicEndpoint, interpreters, lenient } = parts;
    const code = openCodeStore(store);
    const runner = createRunner({ ...parts, code });
    const records = store.collection<FunctionRecord>("lambda_functions");
    const events = createEventQueue({ events: store.collection<EventRecord>("lambda_events"), functions: records, runner, clock, log });
    const background = createBackground(log);
    const state: LambdaState = {
      functions: records, urls: store.collection<UrlRecord>("lambda_urls"), transaction: store.transaction, code, locations: createCodeLocations(store.blobs, parts.random), runner, events, interpreters, assumeRole, publicEndpoint, lenient, background,
    };
    return {
      state,
      operations: [
        createFunction, getFunction, getFunctionConfiguration, updateFunctionCode, updateFunctionConfiguration, deleteFunction, listFunctions,
        listVersionsByFunction, listAliases, getFunctionConcurrency, getFunctionCodeSigningConfig,
        invoke, addPermission, removePermission, getPolicy,
        createFunctionUrlConfig, getFunctionUrlConfig, updateFunctionUrlConfig, deleteFunctionUrlConfig, listFunctionUrlConfigs,
        tagResource, untagResource, listTags, getAccountSettings,
      ],
      async ready() {
        await repair(state);
        events.start();
      },
      async stop() {
        // Together: an event that waits for room, or runs for minutes, is taken up by the next start.
        await Promise.all([events.stop(), runner.stop()]);
        await background.idle();
      },
    };
  },
};

/** What an earlier server began with a function is finished; packages that nobody has are removed. */
async function repair(state: LambdaState): Promise<void> {
  const all = state.functions.values();
  await state.code.sweep(new Set(all.flatMap((fn) => [fn.code.blob, ...(fn.previousCode === undefined ? [] : [fn.previousCode.blob])])));
  for (const fn of all) {
    if (fn.state === "Pending") state.background.run(`create ${fn.arn}`, () => activate(fn, state));
    else if (fn.update === "InProgress") state.background.run(`update ${fn.arn}`, () => finishUpdate(fn, state));
    // A data folder may have been copied without its unpacked packages: they are made again from the packed ones.
    else state.background.run(`restore ${fn.arn}`, () => state.code.place(fn.code));
  }
}
