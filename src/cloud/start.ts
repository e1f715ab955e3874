import { join } from "node:path";
import { decidePlacement } from "../decide/placement/index.ts";
import { SECOND } from "../base/instant.ts";
import { openMachineHost } from "../machines/index.ts";
import { MIGRATIONS } from "../services/registry.ts";
import { systemClock, type Clock } from "../shared/clock.ts";
import { secretKey, uniqueId } from "../shared/ids.ts";
import { silentLog, type Log } from "../shared/log.ts";
import { systemRandom, type Random } from "../shared/random.ts";
import { openStore } from "../store/index.ts";
import { ServiceError } from "../base/errors.ts";
import { wireErrors } from "../wire/errors.ts";
import { admitOrigin } from "../wire/origin.ts";
import { handleRequest, type ArrivedRequest, type Listener } from "../wire/pipeline.ts";
import type { AccessDecided } from "./authorizer.ts";
import { compose } from "./compose.ts";
import type { RootKeys } from "./credentials.ts";
import { listen } from "./listen.ts";
import { compileOptions, type CloudOptions, type GivenOptions } from "./options.ts";

/** A running cloud. */
export interface Cloud extends AsyncDisposable {
  /** Where people reach it: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Where machines reach it: session credentials only. */
  readonly machineEndpoint: string;
  readonly options: CloudOptions;
  readonly rootKeys: RootKeys;
  stop(): Promise<void>;
}

/** What tests and tools replace. */
export interface CloudParts {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  /** Told of every question to IAM and its answer. */
  readonly observeAccess?: (decided: AccessDecided) => void;
}

/** Builds, starts and opens the whole cloud: store, services, then the two listeners. Throws what the user must mend. */
export async function startCloud(given: GivenOptions = {}, parts: CloudParts = {}): Promise<Cloud> {
  const { clock = systemClock, random = systemRandom, log = silentLog, observeAccess } = parts;
  const options = compileOptions(given);
  const rootKeys = makeRootKeys(options, random);
  const store = openStore({ folder: options.dataFolder, migrations: MIGRATIONS, random, durability: options.durability });
  const machineHost = await openMachineHost({
    folder: join(options.dataFolder, "machines"), hide: [options.dataFolder], clock, log, place: (question) => decidePlacement(question),
  });
  await machineHost.reconcile();
  let publicEndpoint = "";
  let machineEndpoint = "";
  const composition = await compose({
    store, clock, random, log, observeAccess, account: options.account, region: options.region, rootKeys: [rootKeys], machines: machineHost,
    publicEndpoint: () => publicEndpoint, machineEndpoint: () => machineEndpoint,
  });
  const base = { ...composition.surroundings, credentials: composition.credentials, account: options.account, region: options.region };
  const people: Listener = { ...base, admit: (request) => admitPage(request, options.host), admitPrincipal: () => undefined };
  const machines: Listener = {
    ...base,
    admit: (request) => admitPage(request, options.host),
    admitPrincipal: (principal) => {
      if (principal.kind !== "assumed-role") throw onlySessions();
    },
  };
  const front = await listen((message, response) => handleRequest(people, message, response), { host: options.host, port: options.port });
  const back = await listen((message, response) => handleRequest(machines, message, response), { host: "127.0.0.1", port: 0 });
  publicEndpoint = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${front.port}`;
  machineEndpoint = `http://127.0.0.1:${back.port}`;
  await composition.ready();
  const stop = async (): Promise<void> => {
    await composition.stop();
    await machineHost.stop(STOP_GRACE);
    await Promise.all([front.close(), back.close()]);
    store.close();
  };
  return { endpoint: publicEndpoint, machineEndpoint, options, rootKeys, stop, [Symbol.asyncDispose]: stop };
}

/** What machines that outlive their services have to end by themselves. */
const STOP_GRACE = 2 * SECOND;

/** `test`/`test` as every client's examples have it, unless keys must be secret. */
function makeRootKeys({ account, rootKeys }: CloudOptions, random: Random): RootKeys {
  return rootKeys === "test"
    ? { account, accessKeyId: "test", secretAccessKey: "test" }
    : { account, accessKeyId: uniqueId(random, "AKIA", 20), secretAccessKey: secretKey(random) };
}

/** A web page in the user's browser must not drive the cloud, whatever keys it guesses. */
function admitPage(request: ArrivedRequest, host: string): void {
  const verdict = admitOrigin(request, { hosts: (name) => name === host });
  if (!verdict.admitted) throw wireErrors.foreignOrigin(verdict.reason);
}

const onlySessions = (): ServiceError =>
  new ServiceError("AccessDenied", 403, "This address is for machines: only the temporary credentials of a role are accepted here.");
