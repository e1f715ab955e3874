import { operation } from "../context.ts";
import { describeFunction } from "./configuration.ts";
import { parseFunctionName } from "./name.ts";
import { requireFunction } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export const getFunctionConfiguration = operation("GetFunctionConfiguration", {
  authorize: ({ FunctionName, Qualifier }, context) => [{ action: "lambda:GetFunctionConfiguration", resource: parseFunctionName(FunctionName, context, Qualifier).qualifiedArn }],
  handle: ({ FunctionName, Qualifier }, context) => describeFunction(requireFunction(FunctionName, Qualifier, context).fn),
});
