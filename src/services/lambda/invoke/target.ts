import type { FunctionTarget } from "../../../runtimes/functions/index.ts";
import type { LambdaState } from "../context.ts";
import { servingCode, type FunctionRecord } from "../function/function.ts";
import { requireRuntime } from "../validate.ts";

/** What of a function an execution environment needs. */
export async function targetOf(fn: FunctionRecord, { code, interpreters }: Pick<LambdaState, "code" | "interpreters">): Promise<FunctionTarget> {
  return {
    arn: fn.arn,
    name: fn.name,
    version: "$LATEST",
    revision: revisionOf(fn),
    runtime: await requireRuntime(fn.runtime, interpreters),
    handler: fn.handler,
    role: fn.role,
    memoryMiB: fn.memoryMiB,
    timeoutMs: fn.timeoutSeconds * 1000,
    environment: fn.environment,
    codeFolder: code.folder(servingCode(fn)),
    region: fn.region,
    logGroup: fn.logGroup,
  };
}

/** Environments serve one state of code and settings. While an update is in progress the old code still serves. */
export const revisionOf = (fn: FunctionRecord): string => `${fn.revisionId}/${servingCode(fn).blob}`;
