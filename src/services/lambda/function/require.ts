import type { LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";
import { functionKey, type FunctionRecord } from "./function.ts";
import { parseFunctionName, type FunctionName } from "./name.ts";

type Here = Pick<LambdaContext, "account" | "region" | "functions">;

/** The function that the caller named, and how. Versions and aliases other than `$LATEST` do not exist here. */
export function requireFunction(text: string | undefined, qualifier: string | undefined, context: Here): { readonly fn: FunctionRecord; readonly named: FunctionName } {
  const named = parseFunctionName(text, context, qualifier);
  const fn = context.functions.get(functionKey(named));
  if (fn === undefined || (named.qualifier !== undefined && named.qualifier !== "$LATEST")) throw errors.functionNotFound(named.qualifiedArn);
  return { fn, named };
}

/** As requireFunction, for what changes it: AWS takes no change while the last one is under way. */
export function requireSettled(text: string | undefined, context: Here): FunctionRecord {
  const { fn } = requireFunction(text, undefined, context);
  if (fn.state !== "Active") throw errors.notActive(fn.state);
  if (fn.update === "InProgress") throw errors.updateInProgress(fn.arn);
  return fn;
}

export function checkRevision(fn: FunctionRecord, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== fn.revisionId) throw errors.revisionMismatch("GetFunction/GetFunctionConfiguration");
}
