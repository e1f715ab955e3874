import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Plan, Tally } from "./generator.ts";

/** What a load did to a server. */
export interface LoadResult {
  readonly perSecond: number;
  /** Processor time of the server process for each request. Steadier than the rate on a machine that others use too. */
  readonly cpuMicros: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const TICKS_PER_SECOND = 100;

/** User and system seconds of a process so far, to a hundredth. */
export function cpuSeconds(pid: number): number {
  const fields = (readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1] ?? "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in MiB, now. */
export const residentMiB = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN) / 1024;

/** Sends requests from a process of its own. Throws when an answer is no success. */
export async function load(pid: number, plan: Omit<Plan, "requests" | "warmUp"> & { readonly requests: readonly Buffer[]; readonly warmUp?: number }): Promise<LoadResult> {
  const { requests, warmUp = 0, ...rest } = plan;
  const child = spawn(process.execPath, [join(import.meta.dirname, "generator.ts")], { stdio: ["pipe", "pipe", "inherit"] });
  const before = cpuSeconds(pid);
  child.stdin.end(JSON.stringify({ ...rest, warmUp, requests: requests.map((each) => each.toString("base64")) } satisfies Plan));
  const tally = JSON.parse(await text(child.stdout)) as Tally;
  const used = cpuSeconds(pid) - before;
  if (tally.refused !== undefined) throw new Error(`The server refused a request of the bench:\n${tally.refused}`);
  return { perSecond: tally.requests / tally.seconds, cpuMicros: (used / (tally.requests + warmUp)) * 1e6, p50Ms: tally.p50Ms, p99Ms: tally.p99Ms };
}
