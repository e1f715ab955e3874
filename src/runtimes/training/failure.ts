import { cheapestTypeWith, findInstanceType } from "../../catalogue/instance-types.ts";
import type { Exit } from "../../machines/types.ts";

/** AWS shows the first 1,024 characters of `/opt/ml/output/failure`. https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-output.html */
const FAILURE_CHARACTERS = 1024;
const OUT_OF_MEMORY = "ClientError: Please use an instance type with more memory, or reduce the size of job data processed on an instance.";

export interface FailureFacts {
  /** What the program wrote to `/opt/ml/output/failure`; empty when nothing. */
  readonly written: string;
  readonly instanceType: string;
  /** The command as the failure shows it; undefined for built-in algorithms. */
  readonly command: string | undefined;
  /** The last lines of standard error. */
  readonly lastLines: readonly string[];
}

/** Why a training program failed, in the words of AWS's FailureReason. */
export function failureReason(exit: Exit, facts: FailureFacts): string {
  if (exit.kind === "out-of-memory") return `${OUT_OF_MEMORY} ${memoryHint(exit, facts.instanceType)}`;
  if (exit.kind === "not-started") return `AlgorithmError: the program could not be started: ${exit.reason}`;
  if (facts.written.trim() !== "") return prefixed(facts.written.slice(0, FAILURE_CHARACTERS));
  const code = exit.kind === "exited" ? exit.code : 128;
  const how = exit.kind === "exited" ? `ExitCode ${code}` : `Signal ${exit.signal}`;
  if (facts.command === undefined) return `AlgorithmError: Exit Code: ${code}`;
  const message = facts.lastLines.join("\n").slice(-FAILURE_CHARACTERS);
  return `AlgorithmError: ExecuteUserScriptError:\n${how}\nErrorMessage "${message}"\nCommand "${facts.command}", exit code: ${code}`;
}

/** Algorithms name whose fault it was themselves; scripts do not. */
const prefixed = (text: string): string => (/^(ClientError|AlgorithmError|InternalServerError|CustomerError)\b/.test(text) ? text : `AlgorithmError: ${text}`);

/** Ours, beside AWS's sentence: what was used, what there was, what would do. */
function memoryHint({ peakMiB, limitMiB }: { readonly peakMiB: number; readonly limitMiB: number }, instanceType: string): string {
  const present = findInstanceType(instanceType)?.memoryGiB ?? limitMiB / 1024;
  const fitting = cheapestTypeWith({ memoryGiB: present + 1, use: "training" });
  const advice = fitting ? ` The cheapest type with more is ${fitting.name} (${fitting.memoryGiB} GiB, $${fitting.usdPerHour ?? "?"} an hour).` : "";
  return `(The job reached ${peakMiB} MiB, and ${instanceType} has ${limitMiB} MiB.${advice})`;
}
