import { createServer } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Machine } from "../../../machines/types.ts";
import type { RunningTraining, TrainingOutcome } from "../../../runtimes/training/index.ts";

/** One host of a job, by the name that its program knows. */
export interface Host {
  readonly name: string;
  readonly machine: Machine;
}

/** `algo-1` … `algo-N`, as AWS names them. */
export const hostsOf = (machines: readonly Machine[]): readonly Host[] => machines.map((machine, index) => ({ name: `algo-${index + 1}`, machine }));

/** Deviates from AWS (7777): machines share the host's network, where two jobs at once would ask for the same port. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** FailureReason's longest: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
const MAX_REASON = 1024;

/** The programs of all hosts as one: it completes when all do; the first that fails ends the others and is named. */
export function allHosts(hosts: readonly Host[], programs: readonly RunningTraining[]): RunningTraining {
  const stop: RunningTraining["stop"] = async (grace) => void (await Promise.all(programs.map((program) => program.stop(grace))));
  const [only] = programs;
  if (programs.length === 1 && only !== undefined) return only;
  let first: TrainingOutcome | undefined;
  const outcomes = programs.map(async (program, index) => {
    const outcome = await program.outcome;
    if (outcome.kind !== "failed" || first !== undefined) return;
    first = { kind: "failed", reason: onHost(outcome.reason, hosts[index]?.name ?? "") };
    await stop(0);
  });
  return { stop, outcome: Promise.all(outcomes).then(() => first ?? { kind: "completed" }) };
}

function onHost(reason: string, host: string): string {
  const where = ` (on host ${host})`;
  return reason.slice(0, MAX_REASON - where.length) + where;
}
