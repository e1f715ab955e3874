import type { Instant } from "../../base/instant.ts";
import type { FunctionRuntime } from "./runtime.ts";

/** A version of a function, as an execution environment needs it. */
export interface FunctionTarget {
  /** Without qualifier. */
  readonly arn: string;
  readonly name: string;
  readonly version: string;
  /** Changes with every change of code or configuration: environments of another revision are replaced. */
  readonly revision: string;
  readonly runtime: FunctionRuntime;
  readonly handler: string;
  /** ARN of the role whose credentials its program gets. */
  readonly role: string;
  readonly memoryMiB: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** The unpacked package; only read. */
  readonly codeFolder: string;
  readonly region: string;
  readonly logGroup: string;
}

/** Temporary credentials of the function's role. */
export interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expires: Instant;
}

/** Where an environment's lines go. Never blocks and never throws: a function runs whether or not its log can be kept. */
export interface LogStream {
  readonly name: string;
  /** A returned promise asks the program to pause: it writes faster than lines can be kept. */
  write(message: string): void | Promise<void>;
  /** Sends what is buffered without waiting for more. */
  flush(): void;
}
