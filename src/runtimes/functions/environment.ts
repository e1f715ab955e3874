import type { Milliseconds } from "../../base/instant.ts";
import { plus } from "../../base/instant.ts";
import type { Exit, Machine, MachineProcess } from "../../machines/types.ts";
import type { Clock } from "../../shared/clock.ts";
import { exitFailure, responseTooLarge, timeoutFailure, type Failure } from "./failure.ts";
import type { Delivery, Invocation, InvocationResult } from "./invocation.ts";
import { billedMs, endLine, reportLine, startLine, timeoutLine } from "./log-lines.ts";
import { createLogTail, type LogTail } from "./log-tail.ts";
import type { RuntimeClient } from "./runtime-api.ts";
import { transition, type EndReason, type EnvironmentEvent, type EnvironmentState } from "./state.ts";
import type { FunctionTarget, LogStream, RoleSession } from "./target.ts";

/** How an environment's start ended. */
export type InitOutcome =
  | { readonly kind: "ready"; readonly durationMs: number }
  | { readonly kind: "reported"; readonly durationMs: number; readonly document: Buffer }
  | { readonly kind: "exited"; readonly durationMs: number; readonly exit: Exit }
  | { readonly kind: "timed-out"; readonly durationMs: number };

type Outcome =
  | { readonly kind: "response" | "error"; readonly body: Buffer }
  | { readonly kind: "too-large" }
  | { readonly kind: "timed-out" }
  | { readonly kind: "exited"; readonly exit: Exit };

export interface EnvironmentParts {
  readonly target: FunctionTarget;
  readonly session: RoleSession;
  readonly logStream: LogStream;
  readonly clock: Clock;
  /** It has a machine now: whoever ends everything must know it. */
  readonly onStart: (environment: ExecutionEnvironment) => void;
  /** It has finished an invocation and waits for the next. */
  readonly onIdle: (environment: ExecutionEnvironment) => void;
  readonly onGone: (environment: ExecutionEnvironment, reason: EndReason) => void;
}

/** AWS ends a runtime without extensions at once (…/dg/lambda-runtime-environment.html, "Shutdown phase"). */
const STOP_GRACE: Milliseconds = 0;

/**
 * One execution environment: a process tree that runs one invocation at a time and stays warm between them
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html). It is also the server's end of its
 * program's Runtime API calls.
 */
export class ExecutionEnvironment implements RuntimeClient {
  readonly target: FunctionTarget;
  readonly session: RoleSession;
  /** Resolves when nothing of it is left. */
  readonly gone: Promise<void>;
  readonly #parts: EnvironmentParts;
  #state: EnvironmentState;
  #machine: Machine | undefined;
  #process: MachineProcess | undefined;
  #startedAt = 0;
  #deliver: ((delivery: Delivery | undefined) => void) | undefined;
  #settle: ((outcome: Outcome) => void) | undefined;
  #settleInit: ((outcome: InitOutcome) => void) | undefined;
  #tail: LogTail | undefined;
  #stopped: Promise<void> | undefined;
  readonly #resolveGone: () => void;

  constructor(parts: EnvironmentParts) {
    this.#parts = parts;
    this.target = parts.target;
    this.session = parts.session;
    this.#state = { kind: "initializing", since: parts.clock.now() };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#resolveGone = resolve;
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  /** Where lines go besides the log stream: the tail of the invocation, or of the failed start, that is under way. */
  collectInto(tail: LogTail | undefined): void {
    this.#tail = tail;
  }

  /** Highest memory of its process tree so far. */
  peakMiB(): number {
    return this.#machine?.peakMiB() ?? 0;
  }

  log(message: string): void | Promise<void> {
    this.#tail?.add(message);
    return this.#parts.logStream.write(message);
  }

  /** Starts the program and waits until it asks for its first invocation, at most for the limit. */
  async start(machine: Machine, launch: () => Promise<MachineProcess>, limit: Milliseconds): Promise<InitOutcome> {
    const { clock } = this.#parts;
    this.#machine = machine;
    this.#parts.onStart(this);
    this.#startedAt = clock.monotonic();
    const outcome = new Promise<InitOutcome>((resolve) => (this.#settleInit = resolve));
    const timer = clock.after(limit, () => this.#settleInit?.({ kind: "timed-out", durationMs: this.#initMs() }));
    try {
      this.#process = await launch();
      void this.#process.exited.then((exit) => this.#onExit(exit));
      return await outcome;
    } catch (error) {
      return { kind: "exited", durationMs: this.#initMs(), exit: { kind: "not-started", reason: (error as Error).message } };
    } finally {
      timer.cancel();
      this.#settleInit = undefined;
    }
  }

  /** Runs one invocation. Call only when idle. `initMs` when this invocation paid for the start. */
  async invoke(invocation: Invocation, limit: { readonly timeoutMs: Milliseconds; readonly initMs?: number }): Promise<InvocationResult> {
    const { clock, target } = this.#parts;
    this.#move({ kind: "given-work", requestId: invocation.requestId });
    const tail = createLogTail();
    this.collectInto(tail);
    void this.log(startLine(invocation.requestId, target.version));
    const began = clock.monotonic();
    const answered = new Promise<Outcome>((resolve) => (this.#settle = resolve));
    const timer = clock.after(limit.timeoutMs, () => this.#settle?.({ kind: "timed-out" }));
    this.#deliver?.({ ...invocation, deadline: plus(clock.now(), limit.timeoutMs) });
    this.#deliver = undefined;
    const outcome = await answered;
    this.#settle = undefined;
    timer.cancel();
    const durationMs = clock.monotonic() - began;
    // What the handler wrote before it answered is in the pipe already: one turn of the event loop reads it.
    await nextTurn();
    await nextTurn();
    const failure = this.#failureOf(outcome, invocation.requestId);
    for (const line of failure?.lines ?? []) void this.log(line);
    void this.log(endLine(invocation.requestId));
    const report = { requestId: invocation.requestId, durationMs, memoryMiB: target.memoryMiB, peakMiB: peakOf(outcome) ?? this.peakMiB(), initMs: limit.initMs, status: failure?.status };
    void this.log(reportLine(report));
    this.collectInto(undefined);
    if (outcome.kind === "timed-out") void this.stop("timed-out");
    return {
      payload: failure ? Buffer.from(JSON.stringify(failure.document)) : "body" in outcome ? outcome.body : Buffer.alloc(0),
      functionError: outcome.kind === "response" ? undefined : "Unhandled",
      logTail: tail.bytes(), durationMs, billedMs: billedMs(report), initMs: limit.initMs,
    };
  }

  /** Ends the process tree and its machine. Safe to call in any state, and twice. */
  stop(reason: EndReason): Promise<void> {
    this.#stopped ??= this.#end(reason);
    return this.#stopped;
  }

  async #end(reason: EndReason): Promise<void> {
    if (this.#state.kind !== "gone") this.#move({ kind: "told-to-stop", reason });
    this.#deliver?.(undefined);
    this.#deliver = undefined;
    await this.#process?.stop(STOP_GRACE);
    await this.#machine?.destroy();
    if (this.#state.kind !== "gone") this.#move({ kind: "ended" });
    this.#parts.onGone(this, reason);
    this.#resolveGone();
  }

  #onExit(exit: Exit): void {
    this.#settleInit?.({ kind: "exited", durationMs: this.#initMs(), exit });
    this.#settle?.({ kind: "exited", exit });
    void this.stop(exit.kind === "out-of-memory" ? "out-of-memory" : "crashed");
  }

  #failureOf(outcome: Outcome, requestId: string): Failure | undefined {
    const { clock, target } = this.#parts;
    switch (outcome.kind) {
      case "timed-out":
        return timeoutFailure(requestId, target.timeoutMs, timeoutLine(new Date(clock.now()), requestId, target.timeoutMs));
      case "exited":
        return exitFailure(requestId, outcome.exit);
      case "too-large":
        return responseTooLarge();
      default:
        return undefined;
    }
  }

  #initMs(): number {
    return this.#parts.clock.monotonic() - this.#startedAt;
  }

  #move(event: EnvironmentEvent): void {
    this.#state = transition(this.#state, event, this.#parts.clock.now());
  }

  // What the program calls, through the Runtime API.

  next(): Promise<Delivery | undefined> | false {
    const from = this.#state.kind;
    if ((from !== "initializing" && from !== "answered") || this.#deliver !== undefined) return false;
    this.#move({ kind: "asked-for-work" });
    const delivery = new Promise<Delivery | undefined>((resolve) => (this.#deliver = resolve));
    if (from === "initializing") this.#settleInit?.({ kind: "ready", durationMs: this.#initMs() });
    else this.#parts.onIdle(this);
    return delivery;
  }

  respond(requestId: string, body: Buffer): boolean {
    return this.#answered(requestId, { kind: "response", body });
  }

  respondTooLarge(requestId: string): boolean {
    return this.#answered(requestId, { kind: "too-large" });
  }

  fail(requestId: string, document: Buffer): boolean {
    return this.#answered(requestId, { kind: "error", body: document });
  }

  failInit(document: Buffer): boolean {
    if (this.#state.kind !== "initializing") return false;
    this.#settleInit?.({ kind: "reported", durationMs: this.#initMs(), document });
    return true;
  }

  #answered(requestId: string, outcome: Outcome): boolean {
    if (this.#state.kind !== "busy" || this.#state.requestId !== requestId) return false;
    this.#move({ kind: "answered-request" });
    this.#settle?.(outcome);
    return true;
  }
}

/** What the machine says of a program that it ended for its memory is surer than the last measurement. */
const peakOf = (outcome: Outcome): number | undefined =>
  outcome.kind === "exited" && outcome.exit.kind === "out-of-memory" ? Math.max(outcome.exit.peakMiB, outcome.exit.limitMiB) : undefined;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
