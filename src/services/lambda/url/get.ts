import { operation } from "../context.ts";
import { describeUrlWithChange } from "./function-url.ts";
import { requireUrl, urlAccess } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionUrlConfig.html */
export const getFunctionUrlConfig = operation("GetFunctionUrlConfig", {
  authorize: (input, context) => urlAccess("lambda:GetFunctionUrlConfig", input, context),
  handle: (input, context) => describeUrlWithChange(requireUrl(input, context).url, context.publicEndpoint()),
});
