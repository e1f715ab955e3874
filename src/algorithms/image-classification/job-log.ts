import type { Clock } from "../../shared/clock.ts";
import { toDate } from "../../base/instant.ts";

/** A training job's own log, in the form of AWS's algorithms: `[11/21/2026 23:10:05 INFO 4711] text`. */
export interface JobLog {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** Writes lines to a stream; times are UTC. */
export function createJobLog(clock: Clock, output: { write(text: string): unknown }, processId: number): JobLog {
  const line = (level: string) => (text: string): void => {
    const now = toDate(clock.now());
    const day = `${two(now.getUTCMonth() + 1)}/${two(now.getUTCDate())}/${now.getUTCFullYear()}`;
    const time = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}`;
    output.write(`[${day} ${time} ${level} ${processId}] ${text}\n`);
  };
  return { info: line("INFO"), warn: line("WARNING"), error: line("ERROR") };
}
