import { operation } from "../context.ts";
import { errors } from "../errors.ts";
import { functionAccess } from "./access.ts";
import { functionKey } from "./function.ts";
import { requireFunction } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html: invocations that run are not cut short. */
export const deleteFunction = operation("DeleteFunction", {
  authorize: ({ FunctionName, Qualifier }, context) => [functionAccess("lambda:DeleteFunction", { name: FunctionName, qualifier: Qualifier }, context)],
  handle: ({ FunctionName, Qualifier }, context) => {
    const { fn, named } = requireFunction(FunctionName, Qualifier, context);
    if (named.qualifier === "$LATEST") throw errors.invalid("$LATEST version cannot be deleted without deleting the function.");
    const { functions, urls, code, runner, background, transaction } = context;
    const packages = [fn.code, ...(fn.previousCode === undefined ? [] : [fn.previousCode])];
    transaction(() => {
      functions.delete(functionKey(fn));
      if (fn.urlId !== undefined) urls.delete(fn.urlId);
      packages.forEach(code.forget);
    });
    background.run(`delete ${fn.arn}`, async () => {
      await runner.retire(fn.arn, undefined);
      for (const each of packages) await code.remove(each);
    });
    return {};
  },
});
