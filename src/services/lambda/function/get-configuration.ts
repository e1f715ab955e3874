import { operation } from "../context.ts";
import { functionAccess } from "./access.ts";
import { describeFunction } from "./configuration.ts";
import { requireFunction } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export const getFunctionConfiguration = operation("GetFunctionConfiguration", {
  authorize: ({ FunctionName, Qualifier }, context) => [functionAccess("lambda:GetFunctionConfiguration", { name: FunctionName, qualifier: Qualifier }, context)],
  handle: ({ FunctionName, Qualifier }, context) => describeFunction(requireFunction(FunctionName, Qualifier, context).fn),
});
