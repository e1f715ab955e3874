import type { Milliseconds } from "../../base/instant.ts";
import type { Machine } from "../../machines/index.ts";

export type MetricDefinitions = readonly { readonly name: string; readonly regex: string }[];

/** What an image name stands for here. */
export type FoundRuntime =
  /** `followed`: its tensors can be told of, for Debugger's rules. `entrypoints`: the job may name its program itself. */
  | { readonly kind: "found"; readonly metricDefinitions: MetricDefinitions | undefined; readonly followed: boolean; readonly entrypoints: boolean }
  | { readonly kind: "refused"; readonly reason: string };

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The hosts of a job, `algo-1` first, and which of them this program runs on. */
export interface Cluster {
  readonly current: string;
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  /** Absent in a job without instance groups. Each may be a distribution of its own, which meets on its own first host. */
  readonly groups?: readonly { readonly name: string; readonly instanceType: string; readonly hosts: readonly string[]; readonly masterPort: number }[] | undefined;
  /** Where the processes of a distributed program meet, on the first host. */
  readonly masterPort: number;
}

/** What a script is followed by: collections with their parameters (`save_interval`, `train.save_interval`, …), and whether labels are counted. */
export interface TensorHook {
  readonly collections: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly classes: boolean;
}

/** A job as its program is to see it; `/opt/ml/input/data/<channel>` is filled already. */
export interface TrainingProgram {
  readonly image: string;
  readonly jobName: string;
  readonly jobArn: string;
  readonly region: string;
  /** Of the host that it runs on. */
  readonly instanceType: string;
  readonly cluster: Cluster;
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly channels: readonly { readonly name: string; readonly contentType: string | undefined; readonly inputMode?: string; readonly distribution?: string; readonly recordWrapper?: string }[];
  readonly environment: Readonly<Record<string, string>>;
  /** How it reaches the API: the listener that machines may use. Absent for programs that have no network. */
  readonly cloud: { readonly credentials: SessionCredentials; readonly endpoint: string } | undefined;
  /** The folder on the machine that is `/opt/ml`. */
  readonly mlFolder: string;
  /** The fetched `sagemaker_submit_directory` (a tar.gz), when the job has one. */
  readonly sourceArchive: string | undefined;
  /** Absent: the script is not followed. */
  readonly hook?: TensorHook | undefined;
  /** The program with its arguments in place of the image's own (ContainerEntrypoint, ContainerArguments). */
  readonly entrypoint?: readonly string[] | undefined;
  readonly onLine: (line: string) => Promise<void>;
}

/** `reason` is what stands as FailureReason: AWS's wording, at most 1,024 characters. */
export type TrainingOutcome = { readonly kind: "completed" } | {
  readonly kind: "failed";
  readonly reason: string;
  /** The machine or what stands around it was at fault, not the program. */
  readonly internal?: boolean;
};

export interface RunningTraining {
  /** Never rejects. */
  readonly outcome: Promise<TrainingOutcome>;
  /** SIGTERM, then SIGKILL after the grace. */
  stop(grace: Milliseconds): Promise<void>;
}

export interface TrainingRuntimes {
  find(image: string): FoundRuntime;
  /** What runs an image's scripts, for the job's log; undefined where there is nothing to choose. Rejects where it cannot be asked. */
  interpreter(image: string): Promise<string | undefined>;
  /** Lays out `/opt/ml`, unpacks the code and starts the program. What goes wrong before is an outcome, not a rejection. */
  start(machine: Machine, program: TrainingProgram): Promise<RunningTraining>;
}
