import { operation } from "../context.ts";
import { functionKey } from "../function/function.ts";
import { requireUrl, urlAccess } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionUrlConfig.html */
export const deleteFunctionUrlConfig = operation("DeleteFunctionUrlConfig", {
  authorize: (input, context) => urlAccess("lambda:DeleteFunctionUrlConfig", input, context),
  handle: (input, context) => {
    const { fn: { urlId: _gone, ...fn }, url } = requireUrl(input, context);
    context.transaction(() => {
      context.urls.delete(url.id);
      context.functions.put(functionKey(fn), fn);
    });
    return {};
  },
});
