import { SECOND, type Milliseconds } from "../../base/instant.ts";
import type { MachineHost } from "../../machines/types.ts";
import type { Clock } from "../../shared/clock.ts";
import { hexId } from "../../shared/ids.ts";
import type { Random } from "../../shared/random.ts";
import { ExecutionEnvironment, type EnvironmentParts, type InitOutcome } from "./environment.ts";
import { exitFailure, timeoutFailure } from "./failure.ts";
import type { Invocation, InvocationResult } from "./invocation.ts";
import { prepareLaunch } from "./launch.ts";
import { billedMs, endLine, initReportLine, initStartLine, reportLine, startLine, timeoutLine } from "./log-lines.ts";
import { createLogTail } from "./log-tail.ts";
import type { RuntimeApi } from "./runtime-api.ts";

/** The init phase's own limit; a start that takes longer is tried once more within the invocation's time, as on AWS. */
const INIT_LIMIT: Milliseconds = 10 * SECOND;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PROCESSES = 1024;
/** Lambda's memory at which a function has one whole vCPU. */
const MIB_PER_VCPU = 1769;
/** How long a start waits for room on this machine before the call is throttled. */
const PATIENCE: Milliseconds = 10 * SECOND;

export interface ColdStartPorts {
  readonly machines: MachineHost;
  readonly api: RuntimeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoint: () => string;
  /** Told while a start waits for room: an idle environment may make some. */
  readonly onWait: () => void;
  /** Ends waiting for room, and the second try of a failed start. */
  readonly signal: AbortSignal;
}

/**
 * Starts an environment and runs its first invocation. A start that fails is repeated once inside the invocation, within
 * the function's own timeout; what fails twice is the answer. Throws NoCapacity when the machine has no room.
 */
export async function invokeCold(ports: ColdStartPorts, parts: EnvironmentParts, invocation: Invocation): Promise<InvocationResult> {
  const { target, logStream } = parts;
  void logStream.write(initStartLine(target.runtime));
  const first = await boot(ports, parts, INIT_LIMIT);
  if (first.outcome.kind === "ready") return first.environment.invoke(invocation, { timeoutMs: target.timeoutMs, initMs: first.outcome.durationMs });
  void logStream.write(initReportLine({ durationMs: first.outcome.durationMs, phase: "init", status: statusOf(first.outcome) }));
  await first.environment.stop("init-failed");
  const tail = createLogTail();
  const second = await boot(ports, parts, target.timeoutMs, (environment) => environment.collectInto(tail));
  const left = target.timeoutMs - second.outcome.durationMs;
  if (second.outcome.kind === "ready") return second.environment.invoke(invocation, { timeoutMs: Math.max(1, left) });
  const result = failedStart(parts, invocation, { outcome: second.outcome, environment: second.environment });
  await second.environment.stop("init-failed");
  return { ...result, logTail: tail.bytes() };
}

interface Boot<O extends InitOutcome = InitOutcome> {
  readonly environment: ExecutionEnvironment;
  readonly outcome: O;
}

async function boot(ports: ColdStartPorts, parts: EnvironmentParts, limit: Milliseconds, prepare?: (environment: ExecutionEnvironment) => void): Promise<Boot> {
  const { target } = parts;
  ports.signal.throwIfAborted();
  const environment = new ExecutionEnvironment(parts);
  prepare?.(environment);
  const id = `fn-${target.name.replaceAll(/[^A-Za-z0-9-]/g, "-").slice(0, 24)}-${hexId(ports.random, 8)}`;
  const { machine } = await ports.machines.create(
    { id, owner: target.arn, memoryMiB: target.memoryMiB, vcpus: target.memoryMiB / MIB_PER_VCPU, maxProcesses: MAX_PROCESSES },
    { patience: PATIENCE, onWait: ports.onWait, signal: ports.signal },
  );
  const { token, release } = ports.api.admit(environment);
  const launch = async () => {
    const spec = await prepareLaunch(machine, ports.machines.isolation, {
      target, session: parts.session, runtimeApi: ports.api.authority, token, logStream: parts.logStream.name, endpoint: ports.endpoint(),
    });
    // Both bootstraps keep a message's line ends as carriage returns, so that one message is one event.
    const started = await machine.start({ ...spec, onLine: (line) => environment.log(line.replaceAll("\r", "\n")) });
    void started.exited.then(release);
    return started;
  };
  const outcome = await environment.start(machine, launch, limit);
  if (outcome.kind === "exited") release();
  return { environment, outcome };
}

type FailedInit = Exclude<InitOutcome, { kind: "ready" }>;

const statusOf = (outcome: FailedInit): string =>
  outcome.kind === "timed-out" ? "timeout"
  : outcome.kind === "exited" ? exitFailure("", outcome.exit).status
  : `error\tError Type: ${errorTypeOf(outcome.document)}`;

function errorTypeOf(document: Buffer): string {
  try {
    const { errorType } = JSON.parse(document.toString()) as { readonly errorType?: unknown };
    return typeof errorType === "string" ? errorType : "Runtime.Unknown";
  } catch {
    return "Runtime.Unknown";
  }
}

/** The answer when the environment could not be started, with the lines AWS writes for it. */
function failedStart({ target, clock }: EnvironmentParts, { requestId }: Invocation, { environment, outcome }: Boot<FailedInit>): InvocationResult {
  const failure = outcome.kind === "timed-out" ? timeoutFailure(requestId, target.timeoutMs, timeoutLine(new Date(clock.now()), requestId, target.timeoutMs))
    : outcome.kind === "exited" ? exitFailure(requestId, outcome.exit)
    : undefined;
  const status = failure?.status ?? statusOf(outcome);
  const report = { requestId, durationMs: outcome.durationMs, memoryMiB: target.memoryMiB, peakMiB: environment.peakMiB(), status };
  void environment.log(initReportLine({ durationMs: outcome.durationMs, phase: "invoke", status }));
  void environment.log(startLine(requestId, target.version));
  for (const line of failure?.lines ?? []) void environment.log(line);
  void environment.log(endLine(requestId));
  void environment.log(reportLine(report));
  const payload = outcome.kind === "reported" ? outcome.document : Buffer.from(JSON.stringify(failure?.document));
  return { payload, functionError: "Unhandled", logTail: Buffer.alloc(0), durationMs: outcome.durationMs, billedMs: billedMs(report) };
}
