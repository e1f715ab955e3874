import { operation } from "../context.ts";
import { functionAccess } from "./access.ts";
import { describeFunction } from "./configuration.ts";
import { requireFunction } from "./require.ts";

// Questions about what a function cannot have here. Deployment tools ask them of every function, and the answer is known.

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html: the unpublished version and no other. */
export const listVersionsByFunction = operation("ListVersionsByFunction", {
  authorize: ({ FunctionName }, context) => [functionAccess("lambda:ListVersionsByFunction", { name: FunctionName }, context)],
  handle: ({ FunctionName }, context) => {
    const { fn } = requireFunction(FunctionName, undefined, context);
    return { Versions: [{ ...describeFunction(fn), FunctionArn: `${fn.arn}:$LATEST` }] };
  },
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html */
export const listAliases = operation("ListAliases", {
  authorize: ({ FunctionName }, context) => [functionAccess("lambda:ListAliases", { name: FunctionName }, context)],
  handle: ({ FunctionName }, context) => {
    requireFunction(FunctionName, undefined, context);
    return { Aliases: [] };
  },
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html: nothing is reserved. */
export const getFunctionConcurrency = operation("GetFunctionConcurrency", {
  authorize: ({ FunctionName }, context) => [functionAccess("lambda:GetFunctionConcurrency", { name: FunctionName }, context)],
  handle: ({ FunctionName }, context) => {
    requireFunction(FunctionName, undefined, context);
    return {};
  },
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html: an empty ARN is AWS's way to say none. */
export const getFunctionCodeSigningConfig = operation("GetFunctionCodeSigningConfig", {
  authorize: ({ FunctionName }, context) => [functionAccess("lambda:GetFunctionCodeSigningConfig", { name: FunctionName }, context)],
  handle: ({ FunctionName }, context) => ({ CodeSigningConfigArn: "", FunctionName: requireFunction(FunctionName, undefined, context).fn.name }),
});
