import type { FunctionRuntime } from "./runtime.ts";

// The platform's own log lines in AWS's text format.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html and …/dg/lambda-runtime-environment.html

const ms = (duration: number): string => `${duration.toFixed(2)} ms`;

/** AWS names its build of the runtime here; this names the interpreter that really runs, and how it differs. */
export const initStartLine = (runtime: FunctionRuntime): string =>
  `INIT_START Runtime Version: ${runtime.version}${runtime.deviation === undefined ? "" : `\tDeviation: ${runtime.deviation}`}`;

export const initReportLine = (facts: { readonly durationMs: number; readonly phase: "init" | "invoke"; readonly status: string }): string =>
  `INIT_REPORT Init Duration: ${ms(facts.durationMs)}\tPhase: ${facts.phase}\tStatus: ${facts.status}`;

export const startLine = (requestId: string, version: string): string => `START RequestId: ${requestId} Version: ${version}`;

export const endLine = (requestId: string): string => `END RequestId: ${requestId}`;

export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  readonly memoryMiB: number;
  readonly peakMiB: number;
  /** Only where this invocation paid for the environment's start. */
  readonly initMs?: number | undefined;
  /** `timeout`, or `error\tError Type: Runtime.ExitError`; absent on success and on errors of the handler's own. */
  readonly status?: string | undefined;
}

/** Since August 2025 AWS bills the init phase too, in the same rounded figure (AWS Compute Blog, 2025-04-29). */
export const billedMs = (report: Pick<Report, "durationMs" | "initMs">): number =>
  Math.max(1, Math.ceil(report.durationMs + (report.initMs ?? 0)));

export function reportLine(report: Report): string {
  const parts = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${ms(report.durationMs)}`,
    `Billed Duration: ${billedMs(report)} ms`,
    `Memory Size: ${report.memoryMiB} MB`,
    `Max Memory Used: ${Math.min(Math.ceil(report.peakMiB), report.memoryMiB)} MB`,
    ...(report.initMs === undefined ? [] : [`Init Duration: ${ms(report.initMs)}`]),
    ...(report.status === undefined ? [] : [`Status: ${report.status}`]),
  ];
  return `${parts.join("\t")}\t`;
}

export const timeoutLine = (at: Date, requestId: string, timeoutMs: number): string =>
  `${at.toISOString()} ${requestId} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
