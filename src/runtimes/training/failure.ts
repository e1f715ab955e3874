import { cheapestTypeWith, findInstanceType } from "../../catalogue/instance-types.ts";
import { readMachineFile, type Exit, type Machine } from "../../machines/index.ts";
import type { TrainingOutcome } from "./types.ts";

/** FailureReason's longest: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html */
const MAX_REASON = 1024;
const OUT_OF_MEMORY = "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance.";
const INTERNAL = "InternalServerError: We encountered an internal error. Please try again.";
const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };

/** Cuts the text, never the ending that tells the code. */
export const reasonOf = (text: string, ending = ""): string => text.slice(0, MAX_REASON - ending.length) + ending;

/** How the toolkit names a command that failed: errors.py of aws/sagemaker-training-toolkit. */
export const toolkitError = (name: string, { code, message, command }: { readonly code: number; readonly message: string; readonly command: string }): string =>
  `AlgorithmError: ${name}:\nExitCode ${code}\nErrorMessage "${message}"\nCommand "${command}"`;

/** Ours, beside AWS's sentence: what was reached, what the limit was, what would do. */
function memoryHint(machine: Machine, instanceType: string, peakMiB: number): string {
  const type = findInstanceType(instanceType);
  const limitMiB = machine.limits.memoryMiB;
  const given = type !== undefined && limitMiB < type.memoryGiB * 1024 ? `this host gives ${instanceType} ${limitMiB} MiB` : `${instanceType} has ${limitMiB} MiB`;
  const better = cheapestTypeWith({ memoryGiB: Math.max(type?.memoryGiB ?? 0, limitMiB / 1024) + 0.001, use: "training" });
  const advice = better === undefined ? "No known training type has more." : `The cheapest type with more is ${better.name} (${better.memoryGiB} GiB, USD ${better.usdPerHour} an hour).`;
  return ` (The job reached ${peakMiB} MiB, and ${given}. ${advice})`;
}

export interface EndedProgram {
  readonly exit: Exit;
  readonly machine: Machine;
  readonly instanceType: string;
  readonly mlFolder: string;
  /** The job names its program itself: that it cannot be started is the job's fault. */
  readonly ownEntrypoint: boolean;
  /** Given in script mode: what the toolkit would say around the program. */
  readonly script: { readonly command: string; readonly message: string } | undefined;
}

/** The outcome of a program that has ended, in AWS's words. */
export function outcomeOf(ended: EndedProgram): TrainingOutcome {
  const { exit, machine, script } = ended;
  switch (exit.kind) {
    case "exited":
      return exit.code === 0 ? { kind: "completed" } : { kind: "failed", reason: failedReason(ended, exit.code, exit.code) };
    case "signalled": {
      const number = SIGNALS[exit.signal] ?? 0;
      return { kind: "failed", reason: failedReason(ended, script === undefined ? 128 + number : -number, 128 + number) };
    }
    case "out-of-memory":
      return { kind: "failed", reason: reasonOf(OUT_OF_MEMORY + memoryHint(machine, ended.instanceType, exit.peakMiB)) };
    case "not-started":
      return { kind: "failed", reason: reasonOf(`${INTERNAL} (${exit.reason})`), internal: !ended.ownEntrypoint };
  }
}

function failedReason({ machine, mlFolder, script }: EndedProgram, code: number, containerCode: number): string {
  // The toolkit turns any failure of the script into its own exit code 1.
  if (script !== undefined) return reasonOf(toolkitError("ExecuteUserScriptError", { code, ...script }), ", exit code: 1");
  const said = readMachineFile(machine.folder, `${mlFolder.slice(machine.folder.length + 1)}/output/failure`, { maxBytes: MAX_REASON })?.toString("utf8").trim();
  if (!said) return `AlgorithmError: Exit Code: ${containerCode}`;
  const known = /^(?:ClientError|AlgorithmError|InternalServerError|CapacityError):/.test(said);
  return reasonOf(known ? said : `AlgorithmError: ${said}`, `, exit code: ${containerCode}`);
}
