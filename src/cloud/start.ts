import { join } from "node:path";
import type { Milliseconds } from "../base/instant.ts";
import type { IsolationReport } from "../machines/index.ts";
import { systemClock, type Clock } from "../shared/clock.ts";
import { silentLog, type Log } from "../shared/log.ts";
import { systemRandom, type Random } from "../shared/random.ts";
import { claimFolder } from "../store/index.ts";
import type { AccessDecided } from "./authorizer.ts";
import type { RootKeys } from "./credentials.ts";
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
  /** Ends everything; asked again, it waits for the same end. */
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

/** Builds, starts and opens the whole cloud: machines, store, services, then the two listeners. Throws what the user must mend. */
export async function startCloud(given: GivenOptions = {}, parts: CloudParts = {}): Promise<Cloud> {
  const { clock = systemClock, random = systemRandom, log = silentLog, observeAccess, capacity } = parts;
  const options = compileOptions(given);
  const release = claimFolder(options.dataFolder);
  // The services load while the host proves, with programs that it runs, what it can enforce.
  const opening = openHost({ folder: join(options.dataFolder, "machines"), hide: options.dataFolder, clock, log, capacity });
  const loading = import("./run.ts");
  const machines = await closingOnFailure(Promise.all([opening, loading]).then(([host]) => host), async () => release());
  const { runCloud } = await loading;
  const running = await closingOnFailure(runCloud(options, { clock, random, log, observeAccess, machines, release }), () => machines.stop(STOP_GRACE));
  const end = async (): Promise<void> => {
    await running.stopServices();
    await machines.stop(STOP_GRACE);
    await running.close();
  };
  let ended: Promise<void> | undefined;
  const stop = (): Promise<void> => (ended ??= end());
  return { ...running.addresses, options, rootKeys: running.rootKeys, isolation: machines.isolation, stop, [Symbol.asyncDispose]: stop };
}

/** A start that fails leaves nothing open behind it. */
async function closingOnFailure<T>(work: Promise<T>, close: () => Promise<void>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await close();
    throw error;
  }
}
