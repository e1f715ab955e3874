import type { Milliseconds } from "../../base/instant.ts";
import type { Machine } from "../../machines/index.ts";

/** A notebook instance as its programs know it. */
export interface NotebookProgram {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** Its volume on the host: shown as /home/ec2-user. */
  readonly volume: string;
  readonly cloud: {
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  };
  /** Known to Jupyter and to the server alone. */
  readonly token: string;
  readonly port: number;
  readonly onLine: (line: string) => Promise<void>;
}

/** How a lifecycle script ended. */
export type ScriptEnd = { readonly kind: "done" } | { readonly kind: "failed"; readonly code: number } | { readonly kind: "too-long" };

/** A script to run before Jupyter starts. */
export interface LifecycleScript {
  /** `on-create` or `on-start`. */
  readonly name: string;
  readonly content: string;
  readonly limit: Milliseconds;
  readonly onLine: (line: string) => Promise<void>;
}

/** Jupyter on its machine, answering. */
export interface RunningNotebook {
  readonly address: string;
  readonly port: number;
  /** Resolves with why, when it has ended by itself or by `stop`. */
  readonly ended: Promise<string>;
  stop(grace: Milliseconds): Promise<void>;
}

export interface NotebookRuntime {
  /** What is missing before Jupyter can be started here, with the command that installs it; undefined when nothing is. */
  missing(): Promise<string | undefined>;
  /** Makes the folders and files that scripts and Jupyter find. */
  prepare(machine: Machine, program: NotebookProgram): Promise<void>;
  runScript(machine: Machine, program: NotebookProgram, script: LifecycleScript): Promise<ScriptEnd>;
  /** Starts Jupyter and waits until it answers. Rejects with why it did not. */
  start(machine: Machine, program: NotebookProgram, signal: AbortSignal): Promise<RunningNotebook>;
}
