import type { Milliseconds } from "../../../base/instant.ts";
import { decideAdmission } from "../../../decide/concurrency.ts";
import type { MachineHost } from "../../../machines/types.ts";
import { NoCapacity } from "../../../machines/types.ts";
import { startFunctionHost, type FunctionHost, type FunctionHostPorts, type FunctionTarget, type Interpreters, type Invocation, type InvocationResult, type LogStream, type RoleSession } from "../../../runtimes/functions/index.ts";
import { openLogSink, type LogSink } from "../../../wire/log-sink.ts";
import type { Principal } from "../../../wire/principal.ts";
import type { ServiceDependencies } from "../../../wire/service.ts";
import type { CodeStore } from "../code/store.ts";
import { errors } from "../errors.ts";
import type { FunctionRecord } from "../function/function.ts";
import { ACCOUNT_CONCURRENCY } from "../limits.ts";
import { sessionNameOf } from "../function/role.ts";
import { revisionOf, targetOf } from "./target.ts";

/** Runs invocations of functions, within the account's concurrency. */
export interface Runner {
  /** Throws TooManyRequestsException, and AccessDeniedException when the role can no longer be assumed. */
  run(fn: FunctionRecord, invocation: Invocation): Promise<InvocationResult>;
  /** Ends environments of other states of a function than this one; of all when it was deleted. Resolves when they are gone. */
  retire(arn: string, current: FunctionRecord | undefined): Promise<void>;
  stop(): Promise<void>;
}

export interface RunnerParts extends Pick<ServiceDependencies, "clock" | "random" | "log" | "call" | "assumeRole" | "machineEndpoint"> {
  readonly machines: MachineHost;
  readonly interpreters: Interpreters;
  readonly code: CodeStore;
}

/** How long invocations may go on when the server stops. */
const STOP_PATIENCE: Milliseconds = 500;

interface Session extends RoleSession {
  readonly principal: Principal;
}

export function createRunner(parts: RunnerParts): Runner {
  const { clock, log, call } = parts;
  const running = new Map<string, number>();
  const sinks = new Set<LogSink>();
  let host: Promise<FunctionHost> | undefined;
  const active = new Set<Promise<unknown>>();

  /** Invocations that are about to end may end; the others are cut short with their environments. */
  const settled = async (): Promise<void> => {
    const patience = Promise.withResolvers<void>();
    const timer = clock.after(STOP_PATIENCE, patience.resolve);
    await Promise.race([Promise.allSettled(active), patience.promise]);
    timer.cancel();
  };

  // As the role: a function whose role may not write logs has none, as on AWS.
  const openLog = (target: FunctionTarget, name: string, { principal }: Session): LogStream => {
    const sink = openLogSink({ call, clock, log, principal, region: target.region, group: target.logGroup, stream: name });
    sinks.add(sink);
    return { name, write: (message) => sink.write(`${message}\n`), flush: () => void sink.close().then(() => sinks.delete(sink)) };
  };
  const ports: FunctionHostPorts<Session> = {
    machines: parts.machines, clock, random: parts.random, endpoint: parts.machineEndpoint, openLogStream: openLog,
    assumeRole: async (target) => {
      try {
        return await parts.assumeRole({ roleArn: target.role, sessionName: sessionNameOf(target.name), service: "lambda.amazonaws.com", sourceArn: target.arn });
      } catch (error) {
        log.warn("a function's role cannot be assumed", { function: target.arn, reason: (error as Error).message });
        throw errors.roleGone();
      }
    },
  };
  return {
    async run(fn, invocation) {
      const place = `${fn.account}/${fn.region}`;
      const now = running.get(place) ?? 0;
      const admission = decideAdmission({ running: now }, { account: ACCOUNT_CONCURRENCY });
      if (admission.kind === "throttled") throw errors.throttled(admission.reason);
      running.set(place, now + 1);
      try {
        // The Runtime API listens from the first invocation on, not from the server's start.
        host ??= startFunctionHost(ports);
        const run = (await host).invoke(await targetOf(fn, parts), invocation);
        active.add(run);
        return await run.finally(() => active.delete(run));
      } catch (error) {
        if (error instanceof NoCapacity) throw errors.machineFull(error.message);
        throw error;
      } finally {
        running.set(place, (running.get(place) ?? 1) - 1);
      }
    },
    async retire(arn, current) {
      await (await host)?.retire(arn, current && revisionOf(current));
    },
    async stop() {
      await settled();
      await (await host)?.stop();
      await Promise.all([...sinks].map((sink) => sink.close()));
    },
  };
}
