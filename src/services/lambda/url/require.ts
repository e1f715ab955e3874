import type { AccessRequest } from "../../../wire/access.ts";
import type { LambdaContext } from "../context.ts";
import { errors } from "../errors.ts";
import { functionAccess } from "../function/access.ts";
import type { FunctionRecord } from "../function/function.ts";
import { requireFunction } from "../function/require.ts";
import type { UrlRecord } from "./function-url.ts";

interface UrlInput {
  readonly FunctionName: string | undefined;
  readonly Qualifier?: string | undefined;
}

/** The question for every operation on a function's URL; `lambda:FunctionUrlAuthType` may be conditioned on. */
export const urlAccess = (action: string, input: UrlInput & { readonly AuthType?: string | undefined }, context: LambdaContext): readonly AccessRequest[] => [
  functionAccess(action, { name: input.FunctionName, qualifier: input.Qualifier }, context, input.AuthType === undefined ? undefined : { "lambda:FunctionUrlAuthType": input.AuthType }),
];

/** URLs stand on the unpublished version: the only other place is an alias, and there is none. */
export function requireUrlFunction({ FunctionName, Qualifier }: UrlInput, context: LambdaContext): FunctionRecord {
  if (Qualifier === "$LATEST") throw errors.invalid("Function URL can't be created on version $LATEST: name an alias, or no qualifier.");
  return requireFunction(FunctionName, Qualifier, context).fn;
}

export function requireUrl(input: UrlInput, context: LambdaContext): { readonly fn: FunctionRecord; readonly url: UrlRecord } {
  const fn = requireUrlFunction(input, context);
  const url = fn.urlId === undefined ? undefined : context.urls.get(fn.urlId);
  if (url === undefined) throw errors.resourceNotFound();
  return { fn, url };
}

export function refuseStreaming(mode: string | undefined): void {
  if (mode === "RESPONSE_STREAM") throw errors.notSupported("InvokeMode RESPONSE_STREAM");
}
