import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ServiceError } from "../../../src/base/errors.ts";
import { listen } from "../../../src/cloud/listen.ts";
import { example } from "../../../src/services/_example/index.ts";
import { createAdjustableClock } from "../../../src/shared/clock.ts";
import { silentLog } from "../../../src/shared/log.ts";
import { systemRandom } from "../../../src/shared/random.ts";
import { openStore } from "../../../src/store/index.ts";
import type { AccessRequest } from "../../../src/wire/access.ts";
import { createCaller } from "../../../src/wire/invoke.ts";
import { arrive, handleRequest, type Listener } from "../../../src/wire/pipeline.ts";
import { rootPrincipal } from "../../../src/wire/principal.ts";
import { createRegistry } from "../../../src/wire/registry.ts";
import type { RunningService } from "../../../src/wire/service.ts";

const ACCOUNT = "000000000000";
const REGION = "us-east-1";

/** The example alone on the wire layer, as `cloud/` composes the real services. */
export interface ExampleCloud extends AsyncDisposable {
  readonly client: CloudWatchLogsClient;
  /** Every question that was put to IAM. */
  readonly asked: readonly AccessRequest[];
  /** From now on IAM says no. */
  denyAll(): void;
  readonly endpoint: string;
}

export async function startExample(given?: { readonly folder: string }): Promise<ExampleCloud> {
  const folder = given?.folder ?? mkdtempSync(join(tmpdir(), "sagebrush-example-"));
  const [clock, random, log] = [createAdjustableClock(), systemRandom, silentLog];
  const store = openStore({ folder, migrations: example.migrations, random, durability: "process" });
  const access = { asked: [] as AccessRequest[], denied: false };
  const running = await example.start({
    store, clock, random, log, account: ACCOUNT, region: REGION,
    call: (service, operation, input, as) => call(service, operation, input, as),
    assumeRole: () => Promise.reject(new Error("the example takes on no roles")),
    publicEndpoint: () => "", machineEndpoint: () => "",
  });
  const shared = {
    clock, random, log,
    registry: createRegistry([{ id: example.id, loadSdk: example.loadSdk, running: running as unknown as RunningService<object> }]),
    authorizer: {
      authorize: (_principal: unknown, requests: readonly AccessRequest[]) => {
        access.asked.push(...requests);
        if (access.denied) throw new ServiceError("AccessDeniedException", 400, "IAM said no");
      },
    },
  };
  const call = createCaller(shared, REGION);
  const keys = { accessKeyId: "test", secretAccessKey: "test" };
  const listener: Listener = {
    ...shared, call, account: ACCOUNT, region: REGION,
    credentials: { find: (id) => (id === keys.accessKeyId ? { ...keys, principal: rootPrincipal(ACCOUNT) } : undefined) },
    admit: () => undefined, admitPrincipal: () => undefined,
  };
  const server = await listen((message, response) => handleRequest(listener, { message, response, arrived: arrive(message) }), { host: "127.0.0.1", port: 0, log });
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new CloudWatchLogsClient({ endpoint, region: REGION, credentials: keys, maxAttempts: 1 });
  return {
    client, endpoint, asked: access.asked,
    denyAll: () => {
      access.denied = true;
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await server.close();
      await running.stop();
      store.close();
      if (given === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
