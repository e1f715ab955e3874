import { operation } from "../context.ts";
import { describeUrlWithChange } from "./function-url.ts";
import { requireUrlFunction, urlAccess } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctionUrlConfigs.html: one at most, for there are no aliases. */
export const listFunctionUrlConfigs = operation("ListFunctionUrlConfigs", {
  authorize: (input, context) => urlAccess("lambda:ListFunctionUrlConfigs", { FunctionName: input.FunctionName }, context),
  handle: ({ FunctionName }, context) => {
    const { urlId } = requireUrlFunction({ FunctionName }, context);
    const url = urlId === undefined ? undefined : context.urls.get(urlId);
    return { FunctionUrlConfigs: url === undefined ? [] : [describeUrlWithChange(url, context.publicEndpoint())] };
  },
});
