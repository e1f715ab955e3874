import { join } from "node:path";
import type { Milliseconds } from "../base/instant.ts";
import type { IsolationReport, MachineHost } from "../machines/index.ts";
import { MIGRATIONS } from "../services/registry.ts";
import { systemClock, type Clock } from "../shared/clock.ts";
import { secretKey, uniqueId } from "../shared/ids.ts";
import { silentLog, type Log } from "../shared/log.ts";
import { systemRandom, type Random } from "../shared/random.ts";
import { openStore } from "../store/index.ts";
import { arrive, handleRequest, type Listener } from "../wire/pipeline.ts";
import { admitPage, admitSession, createPeopleGuard } from "./admission.ts";
import type { AccessDecided } from "./authorizer.ts";
import { answerPreflight, corsOf } from "./bucket-cors.ts";
import { compose, type Composition } from "./compose.ts";
import type { RootKeys } from "./credentials.ts";
import { answerFunctionUrl, isForFunctions } from "./function-urls.ts";
import { listen, type Handle, type Listening } from "./listen.ts";
import { writeRootKeys } from "./root-keys-file.ts";
import { openHost, type HostParts } from "./machine-host.ts";
import { compileOptions, type CloudOptions, type GivenOptions } from "./options.ts";

/** A running cloud. */
export interface Cloud extends AsyncDisposable {
  /** Where people reach it: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Where machines reach it: session credentials only. */
  readonly machineEndpoint: string;
  readonly options: CloudOptions;
  readonly rootKeys: RootKeys;
  /** What this host really enforces. */
  readonly isolation: IsolationReport;
  stop(): Promise<void>;
}

/** What tests and tools replace. */
export interface CloudParts {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
  /** Told of every question to IAM and its answer. */
  readonly observeAccess?: (decided: AccessDecided) => void;
  /** What the host is believed to hold, instead of what is measured. */
  readonly capacity?: HostParts["capacity"];
}

/** Time that machines have to end after SIGTERM when the server stops. */
const STOP_GRACE: Milliseconds = 2000;

/** Builds, starts and opens the whole cloud: store, machines, services, then the two listeners. Throws what the user must mend. */
export async function startCloud(given: GivenOptions = {}, parts: CloudParts = {}): Promise<Cloud> {
  const { clock = systemClock, random = systemRandom, log = silentLog, observeAccess, capacity } = parts;
  const options = compileOptions(given);
  const store = openStore({ folder: options.dataFolder, migrations: MIGRATIONS, random, durability: options.durability });
  const machines = await openHost({ folder: join(options.dataFolder, "machines"), hide: options.dataFolder, clock, log, capacity });
  const rootKeys = makeRootKeys(options, machines.isolation, random);
  const address = { people: "", machines: "" };
  const composition = await compose({
    store, clock, random, log, observeAccess, machines, rootKeys: [rootKeys], lenient: options.lenient, environment: process.env,
    account: options.account, region: options.region,
    publicEndpoint: () => address.people, machineEndpoint: () => address.machines,
  });
  const listeners = await openListeners(options, composition, machines);
  address.people = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${listeners.people.port}`;
  address.machines = `http://127.0.0.1:${listeners.machines.port}`;
  writeRootKeys(options.dataFolder, rootKeys);
  await composition.ready();
  const stop = async (): Promise<void> => {
    await composition.stop();
    await machines.stop(STOP_GRACE);
    await Promise.all([listeners.people.close(), listeners.machines.close()]);
    store.close();
  };
  return { endpoint: address.people, machineEndpoint: address.machines, options, rootKeys, isolation: machines.isolation, stop, [Symbol.asyncDispose]: stop };
}

async function openListeners(options: CloudOptions, { surroundings, credentials, lambda, s3 }: Composition, host: MachineHost): Promise<{ readonly people: Listening; readonly machines: Listening }> {
  const base = { ...surroundings, credentials, account: options.account, region: options.region };
  const front = (admitPrincipal: Listener["admitPrincipal"]): Handle => {
    const listener: Listener = {
      ...base, admitPrincipal,
      admit: (request) => admitPage(request, options.host, () => corsOf(s3, request) !== undefined),
    };
    return async (message, response) => {
      const arrived = arrive(message);
      if (isForFunctions(arrived)) return answerFunctionUrl({ lambda, listener }, { message, response, arrived });
      const cors = corsOf(s3, arrived);
      if (answerPreflight(arrived, response, cors)) return;
      if (cors) for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
      await handleRequest(listener, { message, response, arrived });
    };
  };
  return {
    people: await listen(front(createPeopleGuard(host)), { ...options, log: base.log }),
    machines: await listen(front(admitSession), { host: "127.0.0.1", port: 0, log: base.log }),
  };
}

/** `test`/`test` as every client's examples have it, unless keys must be secret or machines cannot be told from people. */
function makeRootKeys({ account, rootKeys }: CloudOptions, isolation: IsolationReport, random: Random): RootKeys {
  return rootKeys === "test" && isolation.identity !== "same-user"
    ? { account, accessKeyId: "test", secretAccessKey: "test" }
    : { account, accessKeyId: uniqueId(random, "AKIA", 20), secretAccessKey: secretKey(random) };
}
