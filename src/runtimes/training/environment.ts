import type { Machine } from "../../machines/index.ts";
import { cloudVariables } from "../cloud-variables.ts";
import { threadVariables } from "../threads.ts";
import type { TrainingProgram } from "./types.ts";

/** What every training program has: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html, and how it reaches the cloud. */
export function jobVariables(program: TrainingProgram, machine: Machine, root: string): Readonly<Record<string, string>> {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    LANG: "C.UTF-8",
    HOME: root === "/opt/ml" ? "/tmp" : `${machine.folder}/tmp`,
    TMPDIR: root === "/opt/ml" ? "/tmp" : `${machine.folder}/tmp`,
    TRAINING_JOB_NAME: program.jobName,
    TRAINING_JOB_ARN: program.jobArn,
    ...cloudVariables({ region: program.region, ...program.cloud }),
    // Ours: where the hosts' names do not resolve (no mount namespaces), their addresses are still known; and where the built-in algorithm's programs meet.
    ...(program.cluster.hosts.length > 1 ? { SAGEBRUSH_HOST_ADDRESSES: JSON.stringify(Object.fromEntries(program.cluster.hosts.map(({ name, address }) => [name, address]))), SAGEBRUSH_MEETING_PORT: String(program.cluster.masterPort) } : {}),
    ...threadVariables(machine.limits.vcpus),
    ...(root === "/opt/ml" ? {} : { SAGEBRUSH_ML_ROOT: root, SAGEMAKER_BASE_DIR: root }),
  };
}
