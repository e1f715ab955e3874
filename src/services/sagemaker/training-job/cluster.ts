import type { Machine } from "../../../machines/types.ts";
import { reasonOf, type RunningTraining, type TrainingOutcome } from "../../../runtimes/training/index.ts";

/** One host of a job, by the name that its program knows. */
export interface Host {
  readonly name: string;
  readonly machine: Machine;
}

/** `algo-1` … `algo-N`, as AWS names them. */
export const hostsOf = (machines: readonly Machine[]): readonly Host[] => machines.map((machine, index) => ({ name: `algo-${index + 1}`, machine }));

/** A job whose pipes cannot be filled fails for that reason, not for what its programs make of pipes that end early. */
export function fedBy(feeds: readonly { readonly failed: Promise<Error> }[], program: RunningTraining, reason: (error: Error) => string): RunningTraining {
  let failure: Error | undefined;
  for (const { failed } of feeds) {
    void failed.then((error) => {
      failure ??= error;
      return program.stop(0);
    });
  }
  return { stop: program.stop, outcome: program.outcome.then((outcome) => (failure === undefined ? outcome : { kind: "failed", reason: reasonOf(reason(failure)) })) };
}

/** The programs of all hosts as one: it completes when all do; the first that fails ends the others and is named. */
export function allHosts(hosts: readonly Host[], programs: readonly RunningTraining[]): RunningTraining {
  const stop: RunningTraining["stop"] = async (grace) => void (await Promise.all(programs.map((program) => program.stop(grace))));
  const [only] = programs;
  if (programs.length === 1 && only !== undefined) return only;
  let first: TrainingOutcome | undefined;
  const outcomes = programs.map(async (program, index) => {
    const outcome = await program.outcome;
    if (outcome.kind !== "failed" || first !== undefined) return;
    first = { ...outcome, reason: reasonOf(outcome.reason, ` (on host ${hosts[index]?.name ?? ""})`) };
    await stop(0);
  });
  return { stop, outcome: Promise.all(outcomes).then(() => first ?? { kind: "completed" }) };
}
