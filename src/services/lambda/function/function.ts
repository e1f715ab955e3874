import type { Instant } from "../../../base/instant.ts";
import type { Statement } from "../permission/policy.ts";

/** An uploaded package. */
export interface CodeRecord {
  /** The packed file among the store's blobs; its unpacked folder has the same id. */
  readonly blob: string;
  /** SHA-256 of the packed file, base64. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Pending: its code is being put in place. Active: it can be invoked. */
export type FunctionState = "Pending" | "Active";

export interface FunctionRecord {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly ephemeralMiB: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly architecture: string;
  readonly logGroup: string;
  readonly code: CodeRecord;
  /** The code that runs while an update is in progress. */
  readonly previousCode?: CodeRecord;
  readonly state: FunctionState;
  readonly update: "Successful" | "InProgress";
  readonly lastModified: Instant;
  /** Changes with every change; also the revision of its execution environments. */
  readonly revisionId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy: readonly Statement[];
  readonly policyRevisionId: string;
  /** The id of its URL, if it has one. */
  readonly urlId?: string;
}

export type FunctionEvent =
  | { readonly kind: "code-placed" }
  | { readonly kind: "update-begun"; readonly at: Instant; readonly revisionId: string }
  | { readonly kind: "update-done" };

export class IllegalFunctionTransition extends Error {
  override readonly name = "IllegalFunctionTransition";
}

/** The function after an event. Throws IllegalFunctionTransition, naming the present state, for what cannot happen in it. */
export function transition(fn: FunctionRecord, event: FunctionEvent): FunctionRecord {
  switch (event.kind) {
    case "code-placed":
      if (fn.state === "Pending") return { ...fn, state: "Active" };
      break;
    case "update-begun":
      if (fn.state === "Active" && fn.update === "Successful") return { ...fn, update: "InProgress", lastModified: event.at, revisionId: event.revisionId };
      break;
    case "update-done": {
      const { previousCode: _replaced, ...rest } = fn;
      if (fn.update === "InProgress") return { ...rest, update: "Successful" };
      break;
    }
  }
  throw new IllegalFunctionTransition(`a function that is ${fn.state} with an update that is ${fn.update} cannot be ${event.kind}`);
}

export const functionKey = (of: { readonly account: string; readonly region: string; readonly name: string }): string => `${of.account}/${of.region}/${of.name}`;

/** The code that an invocation runs now. */
export const servingCode = (fn: FunctionRecord): CodeRecord => fn.previousCode ?? fn.code;
