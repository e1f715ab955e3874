import type { Socket } from "node:net";
import type { IsolationReport, MachineHost } from "../machines/index.ts";
import { MIGRATIONS } from "../services/registry.ts";
import { secretKey, uniqueId } from "../shared/ids.ts";
import type { Random } from "../shared/random.ts";
import { openStore } from "../store/index.ts";
import { arrive, handleRequest, type Listener } from "../wire/pipeline.ts";
import { admitPage, admitSession, createPeopleGuard } from "./admission.ts";
import { answerPreflight, corsOf } from "./bucket-cors.ts";
import { compose, type Composition } from "./compose.ts";
import type { RootKeys } from "./credentials.ts";
import { answerFunctionUrl, isForFunctions } from "./function-urls.ts";
import { answerLocalRequest, isLocalRequest } from "./local-requests.ts";
import { holdUntil, listen, type Handle, type Listening } from "./listen.ts";
import type { CloudOptions } from "./options.ts";
import { readRootKeys, WELL_KNOWN_KEYS, writeRootKeys } from "./root-keys-file.ts";
import type { CloudParts } from "./start.ts";

/** What `runCloud` stands on. The data folder is claimed; `release` frees it. */
export interface Foundation extends Required<Omit<CloudParts, "observeAccess" | "capacity">> {
  readonly observeAccess: CloudParts["observeAccess"] | undefined;
  readonly machines: MachineHost;
  readonly release: () => void;
}

/** Services and listeners, open. The machines end between the two steps of stopping. */
export interface RunningCloud {
  readonly addresses: { readonly endpoint: string; readonly machineEndpoint: string };
  readonly rootKeys: RootKeys;
  stopServices(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the store, starts every service, then listens. Its own module, so that it loads while the host is being opened. */
export async function runCloud(options: CloudOptions, { clock, random, log, observeAccess, machines, release }: Foundation): Promise<RunningCloud> {
  const store = openStore({ folder: options.dataFolder, migrations: MIGRATIONS, random, durability: options.durability, release });
  let composition: Composition | undefined;
  let opened: Awaited<ReturnType<typeof openListeners>> | undefined;
  const closeListeners = async (): Promise<void> => {
    await Promise.all([opened?.people.close(), opened?.machines.close()]);
  };
  try {
    const rootKeys = makeRootKeys(options, machines.isolation, random);
    const address = { people: "", machines: "" };
    const services = composition = await compose({
      store, clock, random, log, observeAccess, machines, rootKeys: [rootKeys], lenient: options.lenient, quotas: options.quotas, spot: options.spot, python: options.python, environment: process.env,
      account: options.account, region: options.region,
      publicEndpoint: () => address.people, machineEndpoint: () => address.machines,
    });
    const reconciled = Promise.withResolvers<void>();
    const listeners = opened = await openListeners(options, services, { machines, ready: reconciled.promise });
    address.people = `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${listeners.people.port}`;
    address.machines = `http://127.0.0.1:${listeners.machines.port}`;
    writeRootKeys(options.dataFolder, rootKeys);
    await services.ready();
    reconciled.resolve();
    return {
      addresses: { endpoint: address.people, machineEndpoint: address.machines },
      rootKeys,
      stopServices: () => services.stop(),
      close: async () => {
        await closeListeners();
        store.close();
      },
    };
  } catch (error) {
    await composition?.stop();
    await closeListeners();
    store.close();
    throw error;
  }
}

async function openListeners(options: CloudOptions, { surroundings, credentials, lambda, s3, sagemaker }: Composition, { machines, ready }: { readonly machines: MachineHost; readonly ready: Promise<void> }): Promise<{ readonly people: Listening; readonly machines: Listening }> {
  const base = { ...surroundings, credentials, account: options.account, region: options.region };
  const front = (admitPrincipal: Listener["admitPrincipal"]): Handle => {
    const listener: Listener = {
      ...base, admitPrincipal,
      admit: (request, { socket }) => admitPage(request, (name) => name === options.host || name === addressName(socket), () => corsOf(s3, request) !== undefined),
    };
    return async (message, response) => {
      const arrived = arrive(message);
      if (isLocalRequest(arrived)) return answerLocalRequest({ sagemaker, listener }, { message, response, arrived });
      if (isForFunctions(arrived)) return answerFunctionUrl({ lambda, listener }, { message, response, arrived });
      const cors = corsOf(s3, arrived);
      if (answerPreflight(arrived, response, cors)) return;
      if (cors) for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
      await handleRequest(listener, { message, response, arrived });
    };
  };
  const people = await listen(holdUntil(ready, front(createPeopleGuard(machines))), { ...options, log: base.log });
  try {
    return { people, machines: await listen(front(admitSession), { host: "127.0.0.1", port: 0, log: base.log }) };
  } catch (error) {
    await people.close();
    throw error;
  }
}

/** The address a client has reached, as it stands in `Host`: no rebound name can be one. */
const addressName = ({ localAddress = "" }: Socket): string => {
  const plain = localAddress.replace(/^::ffff:/, "");
  return plain.includes(":") ? `[${plain}]` : plain;
};

/** `test`/`test` as every client's examples have it, unless keys must be secret or machines cannot be told from people. */
function makeRootKeys({ account, rootKeys, dataFolder }: CloudOptions, isolation: IsolationReport, random: Random): RootKeys {
  if (rootKeys === "test" && isolation.identity !== "same-user") return { account, ...WELL_KNOWN_KEYS };
  // Generated once for a data folder: clients that were set up with them work after a restart too.
  const earlier = readRootKeys(dataFolder);
  if (earlier.accessKeyId !== WELL_KNOWN_KEYS.accessKeyId) return { account, ...earlier };
  return { account, accessKeyId: uniqueId(random, "AKIA", 20), secretAccessKey: secretKey(random) };
}
