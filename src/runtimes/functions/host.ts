import { MINUTE, plus, type Milliseconds } from "../../base/instant.ts";
import { NoCapacity, type MachineHost } from "../../machines/types.ts";
import type { Clock, Timer } from "../../shared/clock.ts";
import { hexId } from "../../shared/ids.ts";
import type { Random } from "../../shared/random.ts";
import { invokeCold } from "./cold-start.ts";
import type { ExecutionEnvironment } from "./environment.ts";
import type { Invocation, InvocationResult } from "./invocation.ts";
import { startRuntimeApi } from "./runtime-api.ts";
import type { FunctionTarget, LogStream, RoleSession } from "./target.ts";

/** AWS gives no figure; environments are seen to live some minutes without work. */
const IDLE_LIMIT: Milliseconds = 10 * MINUTE;
/** An environment whose credentials end within its function's timeout and this margin is replaced before it is used. */
const CREDENTIAL_MARGIN: Milliseconds = MINUTE;
/** An environment that has just answered asks for work again at once: better to wait for it than to start another. */
const RETURN_WAIT: Milliseconds = 15;

/** `Session` is what the caller needs to know of a role's credentials beside the credentials. */
export interface FunctionHostPorts<Session extends RoleSession = RoleSession> {
  readonly machines: MachineHost;
  readonly clock: Clock;
  readonly random: Random;
  /** The cloud's address for machines. */
  readonly endpoint: () => string;
  /** Session credentials of the function's role; throws when the role cannot be assumed. */
  readonly assumeRole: (target: FunctionTarget) => Promise<Session>;
  readonly openLogStream: (target: FunctionTarget, name: string, session: Session) => LogStream;
}

/** Runs functions: keeps warm environments, starts cold ones, replaces what ended. */
export interface FunctionHost {
  /** Throws NoCapacity when this machine has no room for another environment, and what `assumeRole` throws. */
  invoke(target: FunctionTarget, invocation: Invocation): Promise<InvocationResult>;
  /**
   * Ends the environments of a function that was changed or deleted: idle ones now, busy ones after their invocation.
   * Resolves when those of other revisions are gone.
   */
  retire(arn: string, current?: string): Promise<void>;
  /** How many environments live, for `doctor` and tests. */
  count(arn?: string): number;
  stop(): Promise<void>;
}

interface Warm {
  readonly environment: ExecutionEnvironment;
  readonly reclaim: Timer;
}

/** What one function has beside its living environments. */
interface Pool {
  /** Last in, first out, as AWS prefers the most recently used. */
  readonly idle: Warm[];
  /** Invocations that wait a moment for an environment that is about to come back. */
  readonly waiting: ((environment: ExecutionEnvironment | undefined) => void)[];
  /** Environments of any other revision are ended when they come back. */
  revision: string | undefined;
}

export async function startFunctionHost<Session extends RoleSession>(ports: FunctionHostPorts<Session>): Promise<FunctionHost> {
  const { clock, random } = ports;
  const api = await startRuntimeApi({ random });
  const pools = new Map<string, Pool>();
  const living = new Set<ExecutionEnvironment>();
  /** What is being invoked: an environment may not live yet, and the code that it is to run must stay. */
  const calls = new Map<Promise<unknown>, FunctionTarget>();
  const stopping = new AbortController();

  const poolOf = (arn: string): Pool => {
    const pool = pools.get(arn) ?? { idle: [], waiting: [], revision: undefined };
    pools.set(arn, pool);
    return pool;
  };
  const reclaim = (pool: Pool, warm: Warm, reason: "idle" | "replaced"): void => {
    warm.reclaim.cancel();
    pool.idle.splice(pool.idle.indexOf(warm), 1);
    void warm.environment.stop(reason);
  };
  const isSpent = ({ session, target }: ExecutionEnvironment): boolean => session.expires <= plus(clock.now(), target.timeoutMs + CREDENTIAL_MARGIN);
  const putBack = (environment: ExecutionEnvironment): void => {
    const pool = pools.get(environment.target.arn);
    if (pool?.revision !== environment.target.revision) return void environment.stop("replaced");
    if (isSpent(environment)) return void environment.stop("credentials-expired");
    const taker = pool.waiting.shift();
    if (taker !== undefined) return taker(environment);
    const warm: Warm = { environment, reclaim: clock.after(IDLE_LIMIT, () => reclaim(pool, warm, "idle")) };
    pool.idle.push(warm);
  };
  const takeIdle = (pool: Pool, target: FunctionTarget): ExecutionEnvironment | undefined => {
    for (let warm = pool.idle.pop(); warm !== undefined; warm = pool.idle.pop()) {
      warm.reclaim.cancel();
      const { environment } = warm;
      if (environment.state.kind !== "idle") continue;
      if (environment.target.revision !== target.revision) void environment.stop("replaced");
      else if (isSpent(environment)) void environment.stop("credentials-expired");
      else return environment;
    }
    return undefined;
  };
  const takeReturning = async (pool: Pool, target: FunctionTarget): Promise<ExecutionEnvironment | undefined> => {
    const returning = [...living].filter((each) => each.state.kind === "answered" && each.target.arn === target.arn && each.target.revision === target.revision && !isSpent(each));
    if (returning.length <= pool.waiting.length) return undefined;
    return new Promise((resolve) => {
      const take = (environment: ExecutionEnvironment | undefined): void => {
        timer.cancel();
        pool.waiting.splice(pool.waiting.indexOf(take), pool.waiting.includes(take) ? 1 : 0);
        resolve(environment);
      };
      const timer = clock.after(RETURN_WAIT, () => take(undefined));
      pool.waiting.push(take);
    });
  };
  /** Somebody waits for room: the environment that has been idle longest, of whatever function, gives way. */
  const makeRoom = (): void => {
    const oldest = [...pools.values()].flatMap((pool) => pool.idle.map((warm) => ({ pool, warm })))
      .sort((a, b) => a.warm.environment.state.since - b.warm.environment.state.since)[0];
    if (oldest !== undefined) reclaim(oldest.pool, oldest.warm, "idle");
  };
  const startCold = async (target: FunctionTarget, invocation: Invocation): Promise<InvocationResult> => {
    const session = await ports.assumeRole(target);
    const logStream = ports.openLogStream(target, logStreamName(clock, random, target.version), session);
    return invokeCold({ ...ports, api, onWait: makeRoom, signal: stopping.signal }, {
      target, session, logStream, clock,
      onStart: (environment) => void living.add(environment),
      onIdle: putBack,
      onGone: (environment) => {
        living.delete(environment);
        logStream.flush();
      },
    }, invocation);
  };

  const run = async (target: FunctionTarget, invocation: Invocation): Promise<InvocationResult> => {
    const pool = poolOf(target.arn);
    pool.revision = target.revision;
    const warm = takeIdle(pool, target) ?? (await takeReturning(pool, target));
    return warm === undefined ? startCold(target, invocation) : warm.invoke(invocation, { timeoutMs: target.timeoutMs });
  };

  return {
    async invoke(target, invocation) {
      if (stopping.signal.aborted) throw new NoCapacity("the server is stopping");
      const call = run(target, invocation);
      calls.set(call, target);
      return call.finally(() => calls.delete(call));
    },
    async retire(arn, current) {
      const pool = pools.get(arn);
      if (pool === undefined) return;
      pool.revision = current;
      for (const warm of pool.idle.filter(({ environment }) => environment.target.revision !== current)) reclaim(pool, warm, "replaced");
      if (current === undefined) pools.delete(arn);
      const isOld = (target: FunctionTarget): boolean => target.arn === arn && target.revision !== current;
      await Promise.allSettled([...calls].filter(([, target]) => isOld(target)).map(([call]) => call));
      await Promise.all([...living].filter(({ target }) => isOld(target)).map((environment) => environment.gone));
    },
    count: (arn) => [...living].filter(({ target }) => arn === undefined || target.arn === arn).length,
    async stop() {
      stopping.abort(new NoCapacity("the server is stopping"));
      for (const pool of pools.values()) for (const warm of pool.idle.splice(0)) warm.reclaim.cancel();
      await Promise.all([...living].map((environment) => environment.stop("shutdown")));
      await api.close();
    },
  };
}

/** `2026/11/21/[$LATEST]<32 hexadecimal digits>` */
function logStreamName(clock: Clock, random: Random, version: string): string {
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${day}/[${version}]${hexId(random, 32)}`;
}
