import { operation } from "../context.ts";
import { functionAccess } from "./access.ts";
import { describeFunction } from "./configuration.ts";
import { requireFunction } from "./require.ts";

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export const getFunction = operation("GetFunction", {
  authorize: ({ FunctionName, Qualifier }, context) => [functionAccess("lambda:GetFunction", { name: FunctionName, qualifier: Qualifier }, context)],
  handle: ({ FunctionName, Qualifier }, context) => {
    const { fn } = requireFunction(FunctionName, Qualifier, context);
    return {
      Configuration: describeFunction(fn),
      Code: { RepositoryType: "S3", Location: context.locations.locate(fn, context.publicEndpoint(), context.clock.now()) },
      ...(Object.keys(fn.tags).length === 0 ? {} : { Tags: { ...fn.tags } }),
    };
  },
});
