import { expect, test } from "vitest";
import { instant } from "../../../src/base/instant.ts";
import { exitFailure, timeoutFailure } from "../../../src/runtimes/functions/failure.ts";
import { billedMs, initStartLine, reportLine } from "../../../src/runtimes/functions/log-lines.ts";
import { createLogTail } from "../../../src/runtimes/functions/log-tail.ts";
import { IllegalTransition, transition, type EnvironmentEvent, type EnvironmentState } from "../../../src/runtimes/functions/state.ts";

const then = (state: EnvironmentState, ...events: readonly EnvironmentEvent[]): EnvironmentState => events.reduce((now, event) => transition(now, event, instant(1)), state);
const NEW: EnvironmentState = { kind: "initializing", since: instant(0) };

test("an environment starts, waits, works, answers and waits again", () => {
  const work = [{ kind: "asked-for-work" }, { kind: "given-work", requestId: "r" }, { kind: "answered-request" }] as const;
  expect(then(NEW, ...work)).toEqual({ kind: "answered", since: 1, requestId: "r" });
  expect(then(NEW, ...work, { kind: "asked-for-work" })).toEqual({ kind: "idle", since: 1 });
});

test("it is never given a second invocation while it has one", () => {
  const busy = then(NEW, { kind: "asked-for-work" }, { kind: "given-work", requestId: "r" });
  expect(() => then(busy, { kind: "given-work", requestId: "s" })).toThrow(new IllegalTransition("an environment that is busy cannot be given-work"));
  expect(() => then(NEW, { kind: "given-work", requestId: "s" })).toThrow(IllegalTransition);
  expect(() => then(busy, { kind: "asked-for-work" })).toThrow(IllegalTransition);
});

test("its end keeps its first reason, and nothing follows it", () => {
  const gone = then(NEW, { kind: "told-to-stop", reason: "timed-out" }, { kind: "told-to-stop", reason: "shutdown" }, { kind: "ended" });
  expect(gone).toEqual({ kind: "gone", since: 1, reason: "timed-out" });
  expect(then(NEW, { kind: "ended" })).toMatchObject({ kind: "gone", reason: "crashed" });
  expect(() => then(gone, { kind: "asked-for-work" })).toThrow(IllegalTransition);
});

test("REPORT bills whole milliseconds, the start included, and shows at most the memory there is", () => {
  const report = { requestId: "r", durationMs: 12.341, memoryMiB: 128, peakMiB: 130.2 };
  expect(reportLine(report)).toBe("REPORT RequestId: r\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t");
  expect(reportLine({ ...report, initMs: 100.5, status: "timeout" })).toBe("REPORT RequestId: r\tDuration: 12.34 ms\tBilled Duration: 113 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\tInit Duration: 100.50 ms\tStatus: timeout\t");
  expect(billedMs({ durationMs: 0.1 })).toBe(1);
});

test("INIT_START says when another interpreter runs than was asked for", () => {
  const runtime = { name: "python3.9", language: "python", command: "python3", commandArgs: () => [], folders: [], version: "python:3.11.7" } as const;
  expect(initStartLine({ ...runtime, deviation: "python3.9 runs on Python 3.11.7" })).toBe("INIT_START Runtime Version: python:3.11.7\tDeviation: python3.9 runs on Python 3.11.7");
  expect(initStartLine({ ...runtime, deviation: undefined })).toBe("INIT_START Runtime Version: python:3.11.7");
});

test("the tail is the last 4 KB", () => {
  const tail = createLogTail();
  for (let n = 0; n < 10_000; n += 1) tail.add(`line ${n}`);
  expect(tail.bytes()).toHaveLength(4096);
  expect(tail.bytes().toString().endsWith("line 9999\n")).toBe(true);
});

test.each([
  [{ kind: "exited", code: 1 }, "Runtime exited with error: exit status 1", "Runtime.ExitError"],
  [{ kind: "exited", code: 0 }, "Runtime exited without providing a reason", "Runtime.ExitError"],
  [{ kind: "signalled", signal: "SIGSEGV" }, "Runtime exited with error: signal: segmentation fault", "Runtime.ExitError"],
  [{ kind: "out-of-memory", peakMiB: 128, limitMiB: 128 }, "Runtime exited with error: signal: killed", "Runtime.OutOfMemory"],
] as const)("a program that ended as %o is told as AWS tells it", (exit, reason, type) => {
  expect(exitFailure("r", exit)).toMatchObject({ document: { errorType: "Runtime.ExitError", errorMessage: `RequestId: r Error: ${reason}` }, status: `error\tError Type: ${type}` });
});

test("a timeout names the configured seconds", () => {
  expect(timeoutFailure("r", 3000, "line").document).toEqual({ errorType: "Sandbox.Timedout", errorMessage: "RequestId: r Error: Task timed out after 3.00 seconds" });
});
